// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import ContainerNetwork
internal import Glibc
internal import Logging
public import ServiceLifecycle
internal import Synchronization

/// The containers of a service, and the ports in front of them, which belong to this process.
///
/// It needs ``run()`` to be looked after. A replica that ends leaves the balancer at once.
public final class ReplicaSet: Service {
    /// One container of the service.
    struct Replica {
        let number: Int
        let container: ManagedContainer
        /// Whether clients are sent to it.
        var isLive = true
    }

    private let engine: Nestbox
    private let specification: ServiceSpecification
    private let ports: [PortPublication]
    private let lock: FileLock
    private let created: ServiceRecord
    private let replicas: Mutex<[Replica]>
    private let requests: (stream: AsyncStream<ScaleRequest>, sink: AsyncStream<ScaleRequest>.Continuation)

    private init(
        engine: Nestbox,
        specification: ServiceSpecification,
        record: ServiceRecord,
        replicas: [Replica],
        ports: [PortPublication],
        lock: FileLock
    ) {
        self.engine = engine
        self.specification = specification
        self.ports = ports
        self.lock = lock
        created = record
        self.replicas = Mutex(replicas)
        let (stream, sink) = AsyncStream.makeStream(of: ScaleRequest.self)
        requests = (stream, sink)
    }

    /// The service's name.
    public var name: String { specification.name }

    /// The ports that are reachable on the host.
    public var publishedPorts: [PublishedPort] { ports.map(\.published) }

    /// The identifiers of the containers that clients are sent to.
    public var identifiers: [String] { live.map(\.container.identifier) }

    private var live: [Replica] {
        replicas.withLock { $0.filter(\.isLive).sorted { $0.number < $1.number } }
    }

    // MARK: Launch

    /// Takes the ports and the name, and starts the containers.
    ///
    /// Nothing is left if this throws.
    static func launch(_ specification: ServiceSpecification, on engine: Nestbox) async throws -> ReplicaSet {
        try specification.validate()
        let policy = specification.policy.policy
        let ports = try specification.container.ports.map { try PortPublication($0, policy: policy) }
        let record = ServiceRecord(
            name: specification.name,
            image: specification.container.image,
            replicas: specification.replicas,
            policy: specification.policy,
            ports: ports.map(\.published),
            createdAt: .now(),
            owner: ProcessHandle.reference(to: getpid())
        )
        let lock = try engine.reserve(record)
        let set = ReplicaSet(
            engine: engine,
            specification: specification,
            record: record,
            replicas: [],
            ports: ports,
            lock: lock
        )
        do {
            for _ in 0..<specification.replicas { _ = try await set.add() }
        } catch {
            await withDiscardingTaskGroup { tasks in
                for replica in set.live { tasks.addTask { await replica.container.serve() } }
                tasks.cancelAll()
            }
            try? engine.discard(record)
            throw error
        }
        return set
    }

    /// Starts one more container and puts it behind the ports.
    private func add() async throws -> Replica {
        let number = replicas.withLock { replicas in
            let taken = Set(replicas.map(\.number))
            return (1...).first { !taken.contains($0) } ?? replicas.count + 1
        }
        var container = specification.container
        container.name = "\(specification.name).\(number)"
        container.ports = []
        container.isRemovedAtEnd = true
        let launch = ContainerLaunch(
            engine: engine,
            specification: container,
            streams: ContainerStreams(),
            service: specification.name
        )
        let replica = Replica(number: number, container: try await launch.run())
        replicas.withLock { $0.append(replica) }
        for port in ports { try replica.container.publish(at: port) }
        return replica
    }

    // MARK: Life

    /// Serves the ports until a graceful shutdown, which stops the containers, or cancellation, which kills them.
    public func run() async throws {
        await withTaskGroup(of: Void.self) { tasks in
            if specification.policy.needsLoad { tasks.addTask { await self.reportLoad() } }
            await serve()
            tasks.cancelAll()
        }
        try engine.discard(created)
    }

    private func serve() async {
        await withTaskGroup(of: Void.self) { tasks in
            for port in ports { tasks.addTask { await port.serve() } }
            for replica in live { tasks.addTask { await self.lookAfter(replica) } }
            for await request in requests.stream.cancelOnGracefulShutdown() {
                request.finish(await scale(to: request.count, &tasks))
            }
            requests.sink.finish()
            for port in ports { port.stop(within: .seconds(1)) }
            await tasks.waitForAll()
        }
    }

    private func lookAfter(_ replica: Replica) async {
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                _ = try? await replica.container.wait()
                self.withdraw(replica)
            }
            try? await replica.container.run()
        }
        replicas.withLock { $0.removeAll { $0.number == replica.number } }
    }

    /// Sends no more clients to a replica.
    private func withdraw(_ replica: Replica) {
        for port in ports { port.remove(replica.container.identifier) }
        replicas.withLock { replicas in
            for index in replicas.indices where replicas[index].number == replica.number {
                replicas[index].isLive = false
            }
        }
    }

    // MARK: Scale

    /// Starts or ends containers until there are so many; those that have died are made up for.
    ///
    /// One that is to end gets no more clients and is stopped when the last has left it, or after ten seconds.
    ///
    /// - Parameter count: How many containers.
    /// - Throws: ``NestboxError``: why a container could not be started, or that the service is being stopped.
    public func scale(to count: Int) async throws {
        try ServiceSpecification.validate(replicas: count)
        try await withCheckedThrowingContinuation { answer in
            _ = requests.sink.yield(ScaleRequest(count, answer))
        }
    }

    private func scale(to count: Int, _ tasks: inout TaskGroup<Void>) async -> Result<Void, any Error> {
        let present = live
        do {
            for _ in 0..<max(0, count - present.count) {
                let replica = try await add()
                tasks.addTask { await self.lookAfter(replica) }
            }
        } catch {
            return .failure(error)
        }
        await withDiscardingTaskGroup { ends in
            for replica in present.dropFirst(count) { ends.addTask { await self.drain(replica) } }
        }
        return .success(())
    }

    private func drain(_ replica: Replica) async {
        let identifier = replica.container.identifier
        for port in ports { port.drain(identifier) }
        let deadline = ContinuousClock.now + .seconds(10)
        while ports.contains(where: { $0.inFlight(identifier) > 0 }), ContinuousClock.now < deadline {
            do { try await Task.sleep(for: .milliseconds(10)) } catch { break }
        }
        _ = try? await replica.container.stop()
        withdraw(replica)
    }

    // MARK: Load

    /// Tells the balancers ten times a second how busy each container is, as its control groups count it.
    private func reportLoad() async {
        let processors = Double(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        let allowance = specification.container.limits.processors ?? processors
        var meters: [String: LoadMeter] = [:]
        while !Task.isCancelled {
            for replica in live {
                let identifier = replica.container.identifier
                guard let used = try? replica.container.usage().cpu.used else { continue }
                let share = meters[identifier, default: LoadMeter(allowance: allowance)]
                    .utilisation(used: used, at: .now)
                if let share { for port in ports { port.report(cpu: share, of: identifier) } }
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }
}
