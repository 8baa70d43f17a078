// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import ContainerNetwork
internal import ImageStore
internal import SystemPackage
internal import VolumeStore

/// Brings a container up, step by step.
///
/// Whatever step fails, nothing of the earlier ones is left.
struct ContainerLaunch {
    let engine: Nestbox
    let specification: ContainerSpecification
    let streams: ContainerStreams
    var service: String?
    var identifier = ContainerConfiguration.randomIdentifier()

    func run() async throws -> ManagedContainer {
        let image = try await engine.provideImage(
            specification.image,
            policy: specification.pullPolicy ?? .missing
        )
        let hostName = specification.hostName ?? String(identifier.prefix(12))
        let process = try ResolvedProcess(specification, on: image.defaults, hostName: hostName)
        let resources = try specification.limits.resources()
        if let name = specification.name { try ContainerName.validate(name) }

        // The listeners close with the last reference to them, and so does the lock.
        let ports = try specification.ports.map { try PortPublication($0) }
        let reservation = try engine.reserve(record(of: image, process, hostName, ports.map(\.published)))
        let attaching = VolumeAttaching(volumes: engine.volumes, owner: identifier)
        do {
            let root = try await engine.images.prepareRootfs(of: image)
            let layers = root.layers.isEmpty ? [engine.layout.emptyLayer] : root.layers
            let attached = try await attaching.attach(attachments(image), layers: layers)
            let directory = reservation.directory
            try directory.prepare(hostName: hostName)
            var configuration = configuration(process, resources, hostName, layers, directory)
            configuration.mounts += attached.map(\.mount)
            let log = try LogWriter(directory.log)
            let container = try await engine.runtime().create(configuration)
            do {
                let managed = ManagedContainer(
                    engine: engine,
                    container: container,
                    reservation: reservation,
                    ports: ports,
                    root: root,
                    namespace: try NetworkNamespace(adopting: container.openNetworkNamespace()),
                    log: log,
                    streams: streams
                )
                // Its namespace is open by now, whatever the program does and however soon it ends.
                try await container.start()
                try managed.begin(mounts: attached.map(\.point))
                return managed
            } catch {
                _ = try? await container.kill()
                try? await container.delete()
                throw error
            }
        } catch {
            await attaching.undo()
            try? await engine.discard(reservation.record, removesVolumes: true)
            throw NestboxError(error, "container '\(reservation.record.name)' can't be started")
        }
    }

    private func record(
        of image: Image,
        _ process: ResolvedProcess,
        _ hostName: String,
        _ ports: [PublishedPort]
    ) -> ContainerRecord {
        ContainerRecord(
            identifier: identifier,
            name: specification.name ?? "",
            image: specification.image,
            imageIdentifier: "\(image.id)",
            command: process.arguments,
            createdAt: .now(),
            ports: ports,
            mounts: [],
            labels: specification.labels,
            limits: specification.limits,
            service: service,
            hostName: hostName,
            isRemovedAtEnd: specification.isRemovedAtEnd,
            stopSignal: process.stopSignal.rawValue,
            stopTimeout: specification.stopTimeout ?? 10,
            state: ContainerRecord.State()
        )
    }

    /// The user's attachments, and an anonymous volume for each of the image's `VOLUME`s that they leave open.
    private func attachments(_ image: Image) -> [VolumeAttachment] {
        let taken = Set(specification.volumes.map { FilePath($0.target).lexicallyNormalized() })
        let own = (image.defaults.volumes ?? []).sorted().filter {
            !taken.contains(FilePath($0).lexicallyNormalized())
        }
        // A parent is mounted before what is in it.
        return (specification.volumes + own.map { VolumeAttachment(.anonymous, at: $0) })
            .sorted { FilePath($0.target).components.count < FilePath($1.target).components.count }
    }

    private func configuration(
        _ process: ResolvedProcess,
        _ resources: Resources,
        _ hostName: String,
        _ layers: [FilePath],
        _ directory: ContainerDirectory
    ) -> ContainerConfiguration {
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
            input: streams.inheritsInput ? .inherited : .null,
            output: .stream,
            error: .stream
        )
        program.noNewPrivileges = true
        var configuration = ContainerConfiguration(identifier: identifier, rootFilesystem: root, process: program)
        configuration.hostName = hostName
        configuration.resources = resources
        configuration.runsInit = specification.runsInit
        configuration.stopSignal = process.stopSignal
        configuration.mounts += [
            .bind(directory.hostNameFile, at: "/etc/hostname"), .bind(directory.hostsFile, at: "/etc/hosts"),
        ]
        return configuration
    }
}
