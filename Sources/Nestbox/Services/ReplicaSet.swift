// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import ContainerNetwork
internal import Glibc
public import ServiceLifecycle

/// The containers of a service, and the ports in front of them, which belong to this process.
///
/// It needs ``run()`` to be looked after. A replica that ends leaves the balancer at once.
public final class ReplicaSet: Service {
    /// The service.
    public let record: ServiceRecord

    private let engine: Nestbox
    private let replicas: [ManagedContainer]
    private let ports: [PortPublication]
    private let lock: FileLock

    private init(
        engine: Nestbox,
        record: ServiceRecord,
        replicas: [ManagedContainer],
        ports: [PortPublication],
        lock: FileLock
    ) {
        self.engine = engine
        self.record = record
        self.replicas = replicas
        self.ports = ports
        self.lock = lock
    }

    /// The containers' identifiers.
    public var identifiers: [String] { replicas.map(\.identifier) }

    /// Takes the ports and the name, and starts the containers.
    ///
    /// Nothing is left if this throws.
    static func launch(_ specification: ServiceSpecification, on engine: Nestbox) async throws -> ReplicaSet {
        try specification.validate()
        let ports = try specification.container.ports.map { try PortPublication($0) }
        let record = ServiceRecord(
            name: specification.name,
            image: specification.container.image,
            replicas: specification.replicas,
            ports: ports.map(\.published),
            createdAt: .now(),
            owner: ProcessHandle.reference(to: getpid())
        )
        let lock = try engine.reserve(record)
        var replicas: [ManagedContainer] = []
        do {
            for index in 1...specification.replicas {
                var container = specification.container
                container.name = "\(specification.name).\(index)"
                container.ports = []
                container.isRemovedAtEnd = true
                replicas.append(
                    try await ContainerLaunch(
                        engine: engine,
                        specification: container,
                        streams: ContainerStreams(),
                        service: specification.name
                    ).run()
                )
            }
            for replica in replicas { for port in ports { try replica.publish(at: port) } }
        } catch {
            await end(replicas)
            try? engine.discard(record)
            throw error
        }
        return ReplicaSet(engine: engine, record: record, replicas: replicas, ports: ports, lock: lock)
    }

    /// Serves the ports until a graceful shutdown, which stops the containers, or cancellation, which kills them.
    public func run() async throws {
        await withTaskGroup(of: Void.self) { tasks in
            for port in ports { tasks.addTask { await port.serve() } }
            for replica in replicas {
                tasks.addTask { try? await replica.run() }
                tasks.addTask {
                    _ = try? await replica.wait()
                    for port in self.ports { port.remove(replica.identifier) }
                }
            }
            try? await gracefulShutdown()
            for port in ports { port.stop(within: .seconds(1)) }
            await tasks.waitForAll()
        }
        try engine.discard(record)
    }

    private static func end(_ replicas: [ManagedContainer]) async {
        await withDiscardingTaskGroup { tasks in
            for replica in replicas { tasks.addTask { await replica.serve() } }
            tasks.cancelAll()
        }
    }
}
