# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Nestbox authors

# Each target installs the system packages it needs, where they are missing, and then does its work.
# SWIFTFLAGS goes to every `swift build` and `swift test` of the root package.

SHELL := /bin/bash
SWIFTFLAGS ?=

.DEFAULT_GOAL := help
.PHONY: help build oci demo test examples bench bench-balancer bench-all figures sanitize soak format lint docs stage

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build every product and every test
	@Scripts/install-packages build
	swift build --build-tests $(SWIFTFLAGS)

oci: ## build nestbox-oci, the runtime for engines, as one static file, and say where it is
	@Scripts/install-packages build
	@Scripts/build-oci

demo: ## build, push, pull, run, stop, kill, remove, read again; then a service under load, with a plot (as root or with sudo)
	@Scripts/install-packages build demo
	@Examples/Demo/run

test: ## run every test; those that run containers need root
	@Scripts/install-packages build test
	@Scripts/test $(SWIFTFLAGS)

examples: ## build and run the examples, as CI does (as root)
	@Scripts/install-packages build demo test
	@Scripts/check-consumers
	@SWIFTFLAGS="$(SWIFTFLAGS)" Scripts/check-examples

bench: ## measure launches beside crun, runc and a floor in C (as root); BENCHFLAGS=lifecycle for exec, pauses and crowds
	@Scripts/install-packages build bench
	Benchmarks/Launch/run $(BENCHFLAGS)

bench-balancer: ## measure picks beside the same algorithms in C: nanoseconds, instructions, allocations, updates
	@Scripts/install-packages build bench
	Benchmarks/Balancer/run $(BENCHFLAGS)

bench-all: ## every figure of Docs/Performance.md, into RESULTS (.build/results), on an idle machine: expect an hour (as root)
	@Scripts/install-packages build bench
	Benchmarks/all "$${RESULTS:-.build/results}"

figures: ## make the tables and figures of Docs/WhichPolicy.md anew from simulations (about half an hour; SECTIONS=… for some)
	cd Benchmarks/Balancer && NESTBOX_ONLY="Balancer BalancerSimulation" swift run -c release figures $(SECTIONS)

sanitize: ## the core tests under the thread and the address sanitizer; TARGETS="Balancer ContainerKit" for some (as root)
	@Scripts/install-packages build test
	@Scripts/sanitize thread $(TARGETS)
	@Scripts/sanitize address $(TARGETS)

soak: ## a service under load for ten minutes, then the tests that look for leaks, ROUNDS times (default 10; as root)
	@Scripts/install-packages build test
	@Scripts/soak $(SWIFTFLAGS)

format: ## format the source
	@Scripts/format

lint: ## check the format and the licence headers
	@Scripts/format --check
	@Scripts/check-headers

docs: ## build the documentation of every product into .build/docs, warnings as errors
	@Scripts/install-packages build
	@Scripts/docs

stage: ## compile the stage's source into the bytes that travel in the library
	Sources/CLinux/Stage/build
