// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
public import ImageStore
public import Logging
internal import Synchronization
public import SystemPackage
public import VolumeStore

/// The engine: images, volumes, containers and services in one directory, run by this process.
///
/// Any number of processes may use one directory. A container belongs to the process that launched it and dies with it;
/// what a dead process left is put right by the next that opens the directory.
///
/// ```swift
/// let nestbox = try await Nestbox(root: "/var/lib/nestbox")
/// var specification = ContainerSpecification(image: "ghost", name: "blog")
/// specification.ports = try PortMapping.parse("8080:2368")
/// try await nestbox.withContainer(specification) { container in
///     print("\(container.name) runs as \(container.identifier)")
/// }
/// ```
public final class Nestbox: Sendable {
    /// The images.
    public let images: ImageStore
    /// The volumes.
    public let volumes: VolumeStore
    /// The directory that everything is kept in.
    public var root: FilePath { layout.root }

    let layout: StateLayout
    let puller: (any ImagePuller)?
    let logger: Logger
    /// What the host has of the networks.
    let networkPlane: NetworkPlane
    /// What happens, for all processes to see.
    let eventLog: EventLog
    /// What ``run()`` is given to look after.
    let supervised: (stream: AsyncStream<ManagedContainer>, sink: AsyncStream<ManagedContainer>.Continuation)
    private let openedRuntime = Mutex<ContainerRuntime?>(nil)

    /// Opens the directory, makes it if it is not there, and puts right what dead processes left.
    ///
    /// - Parameters:
    ///   - root: An absolute path.
    ///   - puller: What fetches images that are not there, such as `ImageRegistry`'s `RegistryPuller`; `nil` to run only
    ///     those that are.
    ///   - logger: What the engine does is logged to.
    /// - Throws: ``NestboxError`` of code `state`, `image` or `volume`.
    public init(
        root: FilePath = "/var/lib/nestbox",
        puller: (any ImagePuller)? = nil,
        logger: Logger = Logger(label: "nestbox", factory: { _ in SwiftLogNoOpLogHandler() })
    ) async throws {
        guard root.isAbsolute else {
            throw NestboxError(.state, "the root '\(root)' must be an absolute path")
        }
        layout = StateLayout(root: root.lexicallyNormalized())
        self.puller = puller
        self.logger = logger
        let (stream, sink) = AsyncStream.makeStream(of: ManagedContainer.self)
        supervised = (stream, sink)
        do {
            try layout.make()
            images = try ImageStore(root: layout.images)
            volumes = try await VolumeStore.open(layout.volumes)
            networkPlane = try NetworkPlane(layout, logger: logger)
            eventLog = EventLog(path: layout.events)
        } catch {
            throw NestboxError(error, "'\(root)' can't be opened")
        }
        try await recover()
    }

    /// The runtime, made with the first container.
    func runtime() throws -> ContainerRuntime {
        try openedRuntime.withLock { runtime in
            if let runtime { return runtime }
            let made = try ContainerRuntime(logger: logger)
            runtime = made
            return made
        }
    }

    /// Ends every container of this process that still runs, and the runtime's threads.
    public func close() async throws {
        supervised.sink.finish()
        do {
            try await openedRuntime.withLock { $0 }?.close()
        } catch {
            await networkPlane.close()
            throw error
        }
        await networkPlane.close()
    }
}
