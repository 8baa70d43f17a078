// swift-tools-version: 6.1
// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import PackageDescription

let package = Package(
    name: "run-bench",
    dependencies: [
        .package(name: "nestbox", path: "../.."),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        .executableTarget(
            name: "run-bench",
            dependencies: [
                .product(name: "ContainerNetwork", package: "nestbox"),
                .product(name: "ImageStore", package: "nestbox"),
                .product(name: "Nestbox", package: "nestbox"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        )
    ],
    swiftLanguageModes: [.v6]
)
