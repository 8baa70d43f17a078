// swift-tools-version: 6.1
// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import PackageDescription

let package = Package(
    name: "ThrowawayPostgres",
    dependencies: [
        .package(name: "nestbox", path: "../..")
    ],
    targets: [
        .target(name: "Sightings"),
        .testTarget(
            name: "SightingsTests",
            dependencies: [
                "Sightings",
                .product(name: "ContainerTesting", package: "nestbox"),
                .product(name: "ImageBuilder", package: "nestbox"),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)
