// swift-tools-version: 6.1
// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import PackageDescription

/// The language features every target builds with.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "nestbox",
    products: [
        .library(name: "ContainerKit", targets: ["ContainerKit"]),
        .library(name: "ContainerNetwork", targets: ["ContainerNetwork"]),
        .library(name: "ImageStore", targets: ["ImageStore"]),
        .library(name: "ImageRegistry", targets: ["ImageRegistry"]),
        .library(name: "ImageBuilder", targets: ["ImageBuilder"]),
        .library(name: "VolumeStore", targets: ["VolumeStore"]),
        .library(name: "VolumePlugin", targets: ["VolumePlugin"]),
        .library(name: "Balancer", targets: ["Balancer"]),
        .library(name: "BalancerSimulation", targets: ["BalancerSimulation"]),
        .library(name: "BalancerProxy", targets: ["BalancerProxy"]),
        .library(name: "Nestbox", targets: ["Nestbox"]),
        .library(name: "ContainerTesting", targets: ["ContainerTesting"]),
        .executable(name: "nestbox", targets: ["NestboxCLI"]),
        .executable(name: "nestbox-oci", targets: ["nestbox-oci"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // MARK: C

        .target(name: "CLinux", exclude: ["Stage"]),
        .target(name: "CSockets"),
        .target(name: "CImageStore", dependencies: ["CIsal"]),
        .target(name: "CVolumeStore"),
        .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
        .systemLibrary(name: "CNftables", pkgConfig: "libnftables", providers: [.apt(["libnftables-dev"])]),
        .systemLibrary(name: "CIsal", pkgConfig: "libisal", providers: [.apt(["libisal-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CNghttp2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),

        // MARK: Products

        .target(
            name: "ContainerKit",
            dependencies: [
                "CLinux",
                "CSeccomp",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "OCIRuntime",
            dependencies: ["CLinux", "ContainerKit", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: settings
        ),
        .executableTarget(name: "nestbox-oci", dependencies: ["OCIRuntime"], swiftSettings: settings),
        .target(
            name: "ContainerNetwork",
            dependencies: [
                "CNftables",
                "CSockets",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "ImageStore",
            dependencies: [
                "CArchive",
                "CImageStore",
                "COpenSSL",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "ImageRegistry",
            dependencies: [
                "ImageStore",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "ImageBuilder",
            dependencies: [
                "CLinux",
                "ContainerKit",
                "ImageStore",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "VolumeStore",
            dependencies: [
                "CArchive",
                "CVolumeStore",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "VolumePlugin",
            dependencies: [
                "VolumeStore",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        .target(name: "Balancer", swiftSettings: settings),
        .target(name: "BalancerSimulation", dependencies: ["Balancer"], swiftSettings: settings),
        .target(
            name: "BalancerProxy",
            dependencies: ["Balancer", "CNghttp2", "COpenSSL", "CSockets"],
            swiftSettings: settings
        ),
        .target(
            name: "Nestbox",
            dependencies: [
                "Balancer",
                "BalancerProxy",
                "CLinux",
                "ContainerKit",
                "ContainerNetwork",
                "ImageBuilder",
                "ImageStore",
                "VolumeStore",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "ContainerTesting",
            dependencies: [
                "ContainerKit",
                "ContainerNetwork",
                "ImageBuilder",
                "ImageStore",
                "Nestbox",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "NestboxCLI",
            dependencies: [
                "Balancer",
                "BalancerSimulation",
                "ContainerKit",
                "ContainerNetwork",
                "ImageBuilder",
                "ImageRegistry",
                "ImageStore",
                "Nestbox",
                "VolumePlugin",
                "VolumeStore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Examples/nestbox",
            swiftSettings: settings
        ),

        // MARK: Tests

        .testTarget(
            name: "ContainerKitTests",
            dependencies: ["CLinux", "ContainerKit", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: settings
        ),
        .testTarget(
            name: "OCIRuntimeTests",
            dependencies: [
                "OCIRuntime", "nestbox-oci", .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ContainerNetworkTests",
            dependencies: ["ContainerNetwork"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ImageStoreTests",
            dependencies: ["ImageStore", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ImageRegistryTests",
            dependencies: [
                "ImageRegistry",
                "ImageStore",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ImageBuilderTests",
            dependencies: [
                "ContainerKit",
                "ImageBuilder",
                "ImageRegistry",
                "ImageStore",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "VolumeStoreTests",
            dependencies: ["VolumeStore", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: settings
        ),
        .testTarget(
            name: "VolumePluginTests",
            dependencies: [
                "VolumePlugin",
                "VolumeStore",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
        .testTarget(name: "BalancerTests", dependencies: ["Balancer", "CAllocationCounter"], swiftSettings: settings),
        .testTarget(
            name: "BalancerSimulationTests",
            dependencies: ["Balancer", "BalancerSimulation"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "BalancerProxyTests",
            dependencies: ["Balancer", "BalancerProxy"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "NestboxTests",
            dependencies: [
                "Balancer",
                "BalancerProxy",
                "ContainerKit",
                "ContainerNetwork",
                "ImageBuilder",
                "ImageStore",
                "Nestbox",
                "VolumeStore",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ContainerTestingTests",
            dependencies: [
                "ContainerKit",
                "ContainerTesting",
                "ImageBuilder",
                "ImageStore",
                "Nestbox",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)

// NESTBOX_ONLY="Balancer BalancerProxy" builds and tests these products and what they depend on, and nothing else.
if let only = Context.environment["NESTBOX_ONLY"] {
    var kept: Set<String> = []
    func keep(_ name: String) {
        guard let target = package.targets.first(where: { $0.name == name }), kept.insert(name).inserted else { return }
        for case .byNameItem(let dependency, _) in target.dependencies { keep(dependency) }
    }
    for name in only.split(separator: " ") {
        keep(String(name))
        keep("\(name)Tests")
    }
    package.targets.removeAll { !kept.contains($0.name) }
    package.products.removeAll { !kept.contains($0.name) && !($0.name == "nestbox" && kept.contains("NestboxCLI")) }
}
