// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import ImageStore
import SystemPackage

@testable import Nestbox

/// An engine with the image `box`, in a directory of its own; all of it is gone when this returns.
func withNestbox<Value>(
    defaults: ImageConfiguration.Defaults = .init(),
    _ body: (Nestbox) async throws -> Value
) async throws -> Value {
    let directory = try TemporaryDirectory()
    let archive = try TestArchive()
    defer { withExtendedLifetime((directory, archive)) {} }
    let nestbox = try await Nestbox(root: directory.path.appending("root"))
    _ = try await nestbox.images.importRootFilesystem(
        archive: archive.path,
        as: ImageReference("box").taggedByDefault,
        configuration: defaults
    )
    let result: Result<Value, any Error>
    do {
        result = .success(try await body(nestbox))
    } catch {
        result = .failure(error)
    }
    for service in try nestbox.services() { try? await nestbox.removeService(service.name) }
    for container in try nestbox.containers() { try? await nestbox.remove(container.identifier, isForced: true) }
    try await nestbox.close()
    return try result.get()
}

extension Nestbox {
    /// Runs a shell script in a container to its end.
    func finish(
        _ script: String,
        _ change: (inout ContainerSpecification) throws -> Void = { _ in }
    ) async throws -> (status: TerminationStatus, output: String) {
        var specification = ContainerSpecification(image: "box", command: ["/bin/sh", "-c", script])
        specification.isRemovedAtEnd = true
        try change(&specification)
        return try await finish(specification)
    }

    /// Runs a container to its end.
    func finish(_ specification: ContainerSpecification) async throws -> (status: TerminationStatus, output: String) {
        let collector = OutputCollector()
        let container = try await launch(specification, streams: ContainerStreams(output: collector.take))
        try await container.run()
        return (try await container.wait(), collector.text)
    }
}
