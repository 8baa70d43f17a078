// swift-tools-version: 6.1
// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import PackageDescription

/// The language features every target of the root package builds with.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "build-bench",
    dependencies: [
        .package(name: "nestbox", path: "../.."),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        .executableTarget(
            name: "build-bench",
            dependencies: [
                .product(name: "ContainerKit", package: "nestbox"),
                .product(name: "ImageBuilder", package: "nestbox"),
                .product(name: "ImageStore", package: "nestbox"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        )
    ],
    swiftLanguageModes: [.v6]
)
