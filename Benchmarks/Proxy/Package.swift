// swift-tools-version: 6.1
// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import PackageDescription

let package = Package(
    name: "proxy-bench",
    dependencies: [.package(name: "nestbox", path: "../..")],
    targets: [
        .executableTarget(
            name: "served",
            dependencies: [
                .product(name: "Balancer", package: "nestbox"),
                .product(name: "BalancerProxy", package: "nestbox"),
            ]
        )
    ],
    swiftLanguageModes: [.v6]
)
