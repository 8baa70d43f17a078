// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import ImageStore
internal import SystemPackage
internal import VolumeStore

/// Starts a container's program, step by step.
///
/// Whatever step fails, nothing of the earlier ones is left but the record.
struct ContainerStart {
    let engine: Nestbox
    let record: ContainerRecord
    let ports: ContainerPorts
    let streams: ContainerStreams

    private var specification: ContainerSpecification { record.specification }
    private var directory: ContainerDirectory { engine.layout.container(record.identifier) }

    /// - Returns: The running program.
    func run() async throws -> ContainerRun {
        let attaching = VolumeAttaching(volumes: engine.volumes, owner: record.identifier)
        do {
            let image = try engine.images.image(record.imageIdentifier)
            let process = try ResolvedProcess(specification, on: image.defaults, hostName: record.hostName)
            let root = try await engine.images.prepareRootfs(of: image)
            let layers = root.layers.isEmpty ? [engine.layout.emptyLayer] : root.layers
            let attached = try await attaching.attach(attachments(image), layers: layers)
            try directory.prepare(hostName: record.hostName)
            let configuration = try configuration(process, layers, attached.map(\.mount))
            let (container, connection) = try await launch(configuration)
            connection.wasJoined()
            return ContainerRun(
                container: container,
                connection: connection,
                mounts: attached.map(\.point),
                root: root,
                process: process,
                security: try ContainerSecurity(specification),
                health: specification.health ?? HealthCheck(image.defaults.healthcheck)
            )
        } catch {
            await attaching.undo()
            throw error
        }
    }

    /// The user's attachments, and a volume for each of the image's `VOLUME`s that they leave open.
    ///
    /// Anonymous volumes stay the container's own when it is started again.
    private func attachments(_ image: Image) -> [VolumeAttachment] {
        let taken = Set(
            specification.volumes.map(\.target).map { FilePath($0).lexicallyNormalized() }
                + specification.temporary.map { FilePath($0.target).lexicallyNormalized() }
        )
        let own = (image.defaults.volumes ?? []).sorted().filter {
            !taken.contains(FilePath($0).lexicallyNormalized())
        }
        // A parent is mounted before what is in it.
        return (specification.volumes + own.map { VolumeAttachment(.anonymous, at: $0) })
            .sorted { FilePath($0.target).components.count < FilePath($1.target).components.count }
            .map { attachment in
                let known = record.mounts.first { $0.target == attachment.target }?.volume
                guard attachment.source == .anonymous, let known else { return attachment }
                var same = attachment
                same.source = .named(known)
                return same
            }
    }

    private func configuration(
        _ process: ResolvedProcess,
        _ layers: [FilePath],
        _ mounts: [Mount]
    ) throws -> ContainerConfiguration {
        var root = RootFilesystem.overlay(
            layers: layers,
            writable: .init(upper: directory.upper, work: directory.work)
        )
        root.isReadOnly = specification.isReadOnly
        var program = ProcessConfiguration(
            process.arguments,
            environment: process.environment,
            workingDirectory: FilePath(process.workingDirectory),
            user: process.user.isEmpty ? .root : .named(process.user),
            input: streams.inheritsInput ? .inherited : specification.readsInput ? .stream : .null,
            output: .stream,
            error: .stream
        )
        if specification.hasTerminal { program.terminal = streams.terminal ?? Terminal.Size(rows: 24, columns: 80) }
        let security = try ContainerSecurity(specification)
        security.apply(to: &program)
        var configuration = ContainerConfiguration(
            identifier: record.identifier,
            rootFilesystem: root,
            process: program
        )
        configuration.seccomp = security.seccomp
        configuration.hostName = record.hostName
        configuration.resources = try record.limits.resources()
        configuration.runsInit = specification.runsInit
        configuration.stopSignal = process.stopSignal
        if let users = record.users { configuration.isolateUsers(users.userNamespace) }
        configuration.mounts += try specification.temporary.map { try $0.mount() } + mounts
        return configuration
    }
}
