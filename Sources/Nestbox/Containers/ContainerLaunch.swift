// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ImageStore

/// Brings a container up: writes it down and starts its program.
///
/// Whatever step fails, nothing of the earlier ones is left.
struct ContainerLaunch {
    let engine: Nestbox
    let specification: ContainerSpecification
    let streams: ContainerStreams
    var service: String?

    func run() async throws -> ManagedContainer {
        _ = try await engine.provideImage(
            specification.image,
            policy: specification.pullPolicy ?? .missing,
            platform: specification.platform ?? .current
        )
        let creation = ContainerCreation(engine: engine, specification: specification, service: service)
        // The listeners close with the last reference to them, and so does the lock.
        let ports = try ContainerPorts(
            try creation.portMappings(),
            mode: specification.network.mode,
            plane: engine.networkPlane
        )
        let reservation = try creation.run()
        do {
            return try await ManagedContainer.start(reservation, ports: ports, streams: streams, on: engine)
        } catch {
            try? await engine.discard(reservation.record, removesVolumes: true)
            // A name that was made up for it says nothing to anyone, now that it is gone.
            let name = specification.name.map { "container '\($0)'" } ?? "the container"
            throw NestboxError(error, "\(name) can't be started")
        }
    }
}
