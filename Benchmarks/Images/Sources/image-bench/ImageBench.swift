// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Glibc

/// Measures images on their way between registry, store and archive.
@main
struct ImageBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "image-bench")

    @Option(help: "Where the stores are.")
    var directory = "/dev/shm"

    @Option(help: "The tar archive of a root filesystem; one of Debian is made by default.")
    var archive: String?

    @Option(help: "How often everybody has a turn.")
    var rounds = 5

    @Option(help: "How many copies of the tree the image has.")
    var copies = 1

    @Option(help: "Only these: alone, pull, push, save, load, sizes.")
    var only: [String] = []

    @Option(help: "Only contenders whose names contain this, to profile one.")
    var contender: String?

    func run() async throws {
        let place = "\(directory)/nestbox-image-bench-\(getpid())"
        try Shell.run("mkdir \(place)")
        let bench = try await Bench(in: place, archive: archive, copies: copies)
        let result: Result<Void, any Error>
        do {
            result = .success(try await measure(bench))
        } catch {
            result = .failure(error)
        }
        bench.stop()
        try result.get()
    }

    private func measure(_ bench: Bench) async throws {
        if isWanted("alone") { try await measure(bench.floor) }
        if isWanted("pull") {
            try await measure(bench.pull("gz"))
            try await measure(bench.pull("zst"))
        }
        if isWanted("push") { try await measure(bench.push) }
        if isWanted("save") { try await measure(bench.save) }
        if isWanted("load") {
            try await bench.makeSaved()
            try await measure(bench.load)
        }
        if isWanted("sizes") { try bench.sizes() }
    }

    private func isWanted(_ name: String) -> Bool { only.isEmpty || only.contains(name) }

    private func measure(_ scenario: Scenario) async throws {
        var scenario = scenario
        if let contender { scenario.contenders.removeAll { !$0.name.contains(contender) } }
        guard !scenario.contenders.isEmpty else { return }
        var samples = scenario.contenders.map { _ in Samples() }
        // The first round warms caches and is not counted.
        for round in 0...rounds {
            for (index, contender) in scenario.contenders.enumerated() {
                try await contender.prepare()
                let start = ContinuousClock.now
                try await contender.work()
                if round > 0 { samples[index].append(.now - start) }
            }
        }
        print(Table.text(scenario, samples))
    }
}
