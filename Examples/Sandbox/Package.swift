// swift-tools-version: 6.1
// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import PackageDescription

let package = Package(
    name: "Sandbox",
    dependencies: [
        .package(name: "nestbox", path: "../..")
    ],
    targets: [
        .executableTarget(
            name: "Sandbox",
            dependencies: [.product(name: "ContainerKit", package: "nestbox")]
        )
    ],
    swiftLanguageModes: [.v6]
)
