// swift-tools-version: 6.1
// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import PackageDescription

/// A program that hands hostile input to one product: `run` builds it with libFuzzer and the address sanitizer.
func fuzzer(_ name: String, of product: String, _ others: Target.Dependency...) -> Target {
    .executableTarget(name: name, dependencies: ["FuzzDriver", .product(name: product, package: "nestbox")] + others)
}

let package = Package(
    name: "fuzz",
    dependencies: [
        .package(name: "nestbox", path: ".."),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        .target(name: "CFuzzer"),
        .target(name: "FuzzDriver", dependencies: ["CFuzzer"]),
        fuzzer("reports", of: "Balancer"),
        fuzzer("dockerfile", of: "ImageBuilder"),
        fuzzer("http", of: "BalancerProxy"),
        fuzzer("archive", of: "ImageStore", .product(name: "SystemPackage", package: "swift-system")),
        fuzzer("images", of: "ImageStore", .product(name: "SystemPackage", package: "swift-system")),
    ],
    swiftLanguageModes: [.v6]
)
