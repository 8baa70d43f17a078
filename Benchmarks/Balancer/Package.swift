// swift-tools-version: 6.1
// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import PackageDescription

let package = Package(
    name: "balancer-benchmarks",
    dependencies: [.package(name: "nestbox", path: "../..")],
    targets: [
        .target(name: "CReference"),
        .target(name: "CHarness"),
        .executableTarget(
            name: "picks",
            dependencies: [.product(name: "Balancer", package: "nestbox"), "CHarness", "CReference"]
        ),
        .executableTarget(
            name: "figures",
            dependencies: [
                .product(name: "Balancer", package: "nestbox"),
                .product(name: "BalancerSimulation", package: "nestbox"),
            ]
        ),
    ]
)
