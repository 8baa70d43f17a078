// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
public import ServiceLifecycle
public import SystemPackage
public import VolumeStore

/// Offers the volumes of a store to Docker and Podman, by Docker's volume plugin protocol, version 1.
///
/// ```swift
/// let store = try await VolumeStore.open("/var/lib/nestbox/volumes")
/// let server = VolumePluginServer(store: store, logger: logger)
/// try await server.run()    // docker volume create --driver nestbox --opt size=64m uploads
/// ```
///
/// What an engine mounts is leased until it unmounts, or until the machine goes down: neither the end of this server nor
/// that of the engine frees a volume that a container may still have. Only the user who runs the server, and root, can
/// connect.
public struct VolumePluginServer: Service {
    /// Where Docker looks for a plugin of the name `nestbox`; the name of the file is the name of the driver.
    public static let standardSocket: FilePath = "/run/docker/plugins/nestbox.sock"

    private let answers: PluginAnswers
    private let socket: FilePath
    private let logger: Logger

    /// Makes a server, which does nothing before ``run()``.
    ///
    /// - Parameters:
    ///   - store: The store.
    ///   - socket: Where to listen. Its directory is made if it is missing.
    ///   - logger: Is told of each call, at debug level.
    public init(store: VolumeStore, socket: FilePath = standardSocket, logger: Logger) {
        answers = PluginAnswers(store: store)
        self.socket = socket
        self.logger = logger
    }

    /// Serves until the service group shuts down or the task is cancelled; calls that were begun are finished.
    ///
    /// - Throws: `VolumeError` with `inUse` if another server has the socket, `notWritable` if it can't be made, and NIO's
    ///   errors.
    public func run() async throws {
        let file = try SocketFile(socket)
        let server: NIOAsyncChannel<PluginConnection.Channel, Never>
        do {
            server = try await bind(file.temporary)
            try file.publish()
        } catch {
            file.discard()
            throw error
        }
        logger.info("volume plugin listens", metadata: ["plugin.socket": "\(socket)"])
        defer { file.remove() }
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await accept(server)
        } onCancelOrGracefulShutdown: {
            server.channel.close(promise: nil)
        }
    }

    private func bind(_ path: FilePath) async throws -> NIOAsyncChannel<PluginConnection.Channel, Never> {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 64)
            .bind(unixDomainSocketPath: path.string) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(CloseWhenIdle(after: .seconds(30)))
                    try pipeline.configureHTTPServerPipeline()
                    return try PluginConnection.Channel(wrappingChannelSynchronously: channel)
                }
            }
    }

    private func accept(_ server: NIOAsyncChannel<PluginConnection.Channel, Never>) async throws {
        let connection = PluginConnection(answers: answers, logger: logger)
        try await server.executeThenClose { inbound in
            try await withThrowingDiscardingTaskGroup { group in
                for try await channel in inbound {
                    group.addTask { await connection.serve(channel) }
                }
            }
        }
    }
}
