// swift-tools-version: 6.1
// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import PackageDescription

let package = Package(
    name: "EmbeddedReplicas",
    dependencies: [
        .package(name: "nestbox", path: "../.."),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .executableTarget(
            name: "EmbeddedReplicas",
            dependencies: [
                .product(name: "ContainerNetwork", package: "nestbox"),
                .product(name: "ImageBuilder", package: "nestbox"),
                .product(name: "ImageStore", package: "nestbox"),
                .product(name: "Nestbox", package: "nestbox"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            // The page and the Dockerfile travel inside the program.
            resources: [.embedInCode("Page.html"), .embedInCode("Dockerfile")]
        )
    ],
    swiftLanguageModes: [.v6]
)
