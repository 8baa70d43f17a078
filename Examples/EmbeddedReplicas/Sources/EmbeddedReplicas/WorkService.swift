// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerNetwork
import Glibc
import ImageBuilder
import ImageStore
import Nestbox
import SystemPackage

/// The service that is run: its image and its specification.
enum WorkService {
    /// The processors that one replica may use: few, so that the replicas and who watches them fit on a small machine.
    static let processors = 0.2

    /// Builds the image and says how it is run.
    static func specification(builtBy nestbox: Nestbox) async throws -> ServiceSpecification {
        try await build(nestbox)
        var container = ContainerSpecification(image: "work")
        container.ports = [PortMapping(hostAddress: .loopback, containerPort: 80)]
        container.limits = ContainerLimits(memory: 64 << 20, processors: processors, processes: 256)
        container.stopTimeout = 1
        var service = ServiceSpecification(name: "work", replicas: 1, container: container)
        // Who has idle processors gets the next request; a new replica gets them first, until it is level.
        service.policy = .leastCPU
        service.autoscaling = Autoscaling(minimum: 1, maximum: 4, metric: .cpu, target: 0.6, scaleInDelay: 10)
        return service
    }

    private static func build(_ nestbox: Nestbox) async throws {
        let context = try makeContext(in: nestbox.root)
        var options = ImageBuilder.Options()
        options.tags = [try ImageReference("work:latest")]
        let dockerfile = String(decoding: PackageResources.Dockerfile, as: UTF8.self)
        let built = try await nestbox.build(.directory(context), dockerfile: .text(dockerfile), options: options)
        print("built \(built.imageID): \(built.cachedStepCount) of \(built.stepCount) steps came from the cache")
    }

    /// A directory with the one file that the Dockerfile copies: a static busybox.
    private static func makeContext(in root: FilePath) throws -> FilePath {
        let places: [String] = ["/bin/busybox", "/usr/bin/busybox"]
        guard let busybox = places.first(where: { access($0, X_OK) == 0 }) else {
            throw Options.Failure("there is no busybox; install the package busybox-static")
        }
        let context = root.appending("context")
        mkdir(context.string, 0o755)
        let target = context.appending("busybox")
        let source = try FileDescriptor.open(FilePath(busybox), .readOnly)
        try source.closeAfter {
            let copy = try FileDescriptor.open(
                target,
                .writeOnly,
                options: [.create, .truncate],
                permissions: [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute]
            )
            try copy.closeAfter {
                var chunk = [UInt8](repeating: 0, count: 1 << 20)
                while case let count = try chunk.withUnsafeMutableBytes({ try source.read(into: $0) }), count > 0 {
                    try copy.writeAll(chunk[..<count])
                }
            }
        }
        return context
    }
}
