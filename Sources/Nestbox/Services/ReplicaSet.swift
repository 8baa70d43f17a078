// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import BalancerProxy
internal import ContainerKit
internal import ContainerNetwork
internal import Glibc
internal import Logging
public import ServiceLifecycle
internal import Synchronization

/// The containers of a service, and the ports in front of them, which belong to this process.
///
/// It needs ``run()`` to be looked after. A replica that ends leaves the balancer at once, and another takes its place.
public final class ReplicaSet: Service {
    /// One container of the service.
    struct Replica: Sendable {
        let number: Int
        let container: ManagedContainer
        let started = ContinuousClock.now
        /// Whether its program runs, as far as is known.
        var isLive = true
        /// Whether clients are sent to it: it has answered, and its health check if it has one has succeeded.
        var isAdmitted = false
        /// Whether it is meant to end.
        var isLeaving = false
    }

    struct State {
        var specification: ServiceSpecification
        /// How many replicas there should be.
        var wanted: Int
        var replicas: [Replica] = []
        /// When the next replica may take a dead one's place.
        var healing = RestartDecision(.always)
        /// What was reported of each container.
        var reports: [String: Double] = [:]
        var isEnding = false
    }

    let engine: Nestbox
    let ports: [PortPublication]
    let accessLog: AccessLog?
    private let metricsServer: MetricsServer?
    let state: Mutex<State>
    let requests: (stream: AsyncStream<ServiceRequest>, sink: AsyncStream<ServiceRequest>.Continuation)
    private let lock: FileLock
    private let created: ServiceRecord

    private init(
        engine: Nestbox,
        specification: ServiceSpecification,
        record: ServiceRecord,
        ports: [PortPublication],
        accessLog: AccessLog?,
        metricsServer: MetricsServer?,
        lock: FileLock
    ) {
        self.engine = engine
        self.ports = ports
        self.accessLog = accessLog
        self.metricsServer = metricsServer
        self.lock = lock
        created = record
        state = Mutex(State(specification: specification, wanted: specification.replicas))
        let (stream, sink) = AsyncStream.makeStream(of: ServiceRequest.self)
        requests = (stream, sink)
    }

    /// The service's name.
    public var name: String { created.name }

    /// What the service is at present.
    public var specification: ServiceSpecification { state.withLock { $0.specification } }

    /// The ports that are reachable on the host.
    public var publishedPorts: [PublishedPort] { ports.map(\.published) }

    /// The identifiers of the containers that clients are sent to.
    public var identifiers: [String] { live.filter(\.isAdmitted).map(\.container.identifier) }

    var live: [Replica] {
        state.withLock { $0.replicas.filter(\.isLive).sorted { $0.number < $1.number } }
    }

    // MARK: Launch

    /// Takes the ports and the name, and starts the containers.
    ///
    /// Nothing is left if this throws.
    static func launch(
        _ specification: ServiceSpecification,
        on engine: Nestbox,
        observer: (@Sendable (HTTPAccessRecord) -> Void)?
    ) async throws -> ReplicaSet {
        try specification.validate()
        var record = ServiceRecord(
            name: specification.name,
            image: specification.container.image,
            replicas: specification.replicas,
            policy: specification.policy,
            ports: [],
            createdAt: .now(),
            specification: specification,
            owner: ProcessHandle.reference(to: getpid())
        )
        let lock = try engine.reserve(record)
        var started: ReplicaSet?
        do {
            let log = try accessLog(specification, on: engine, observer)
            let ports = try publish(specification, log)
            let metrics = try metricsServer(specification)
            record = try engine.changeService(record.name) { record in
                record.ports = ports.map(\.published)
                record.metricsAddress = metrics?.localAddress.description
            }
            let set = ReplicaSet(
                engine: engine,
                specification: specification,
                record: record,
                ports: ports,
                accessLog: log,
                metricsServer: metrics,
                lock: lock
            )
            started = set
            for _ in 0..<specification.replicas { _ = try await set.start() }
            await set.admitFirst()
            return set
        } catch {
            await withDiscardingTaskGroup { tasks in
                for replica in started?.live ?? [] { tasks.addTask { await replica.container.serve() } }
                tasks.cancelAll()
            }
            try? engine.discard(record)
            throw error
        }
    }

    private static func accessLog(
        _ specification: ServiceSpecification,
        on engine: Nestbox,
        _ observer: (@Sendable (HTTPAccessRecord) -> Void)?
    ) throws -> AccessLog? {
        guard let http = specification.http, http.logsRequests || observer != nil else { return nil }
        let path = http.logsRequests ? engine.layout.service(specification.name).accessLog : nil
        do {
            return try AccessLog(path, observer: observer)
        } catch {
            throw NestboxError(.state, "the access log can't be opened", cause: error)
        }
    }

    private static func metricsServer(_ specification: ServiceSpecification) throws -> MetricsServer? {
        guard let address = try specification.metricsAddress() else { return nil }
        do {
            return try MetricsServer(TCPListener(address))
        } catch {
            throw NestboxError(.port, "figures can't be served at \(address)", cause: error)
        }
    }

    private static func publish(_ specification: ServiceSpecification, _ log: AccessLog?) throws -> [PortPublication] {
        try specification.container.ports.map { mapping in
            if mapping.transport == .udp {
                return try PortPublication(
                    datagrams: mapping,
                    policy: specification.balancing,
                    endpointWait: .seconds(30)
                )
            }
            if let http = specification.http {
                return try PortPublication(mapping, policy: specification.balancing, http: http, log: log)
            }
            return try PortPublication(mapping, policy: specification.balancing, endpointWait: .seconds(30))
        }
    }

    /// Starts one more container; clients are not sent to it yet.
    func start() async throws -> Replica {
        let (number, specification) = state.withLock { state in
            let taken = Set(state.replicas.map(\.number))
            return ((1...).first { !taken.contains($0) } ?? state.replicas.count + 1, state.specification)
        }
        var container = specification.container
        container.name = "\(specification.name).\(number)"
        container.ports = []
        container.isRemovedAtEnd = true
        // The set itself makes up for one that ends.
        container.restart = .no
        let launch = ContainerLaunch(
            engine: engine,
            specification: container,
            streams: ContainerStreams(),
            service: specification.name
        )
        let replica = Replica(number: number, container: try await launch.run())
        state.withLock { $0.replicas.append(replica) }
        return replica
    }

    // MARK: Life

    /// Serves the ports until a graceful shutdown, which lets what is under way end and then stops the containers, or
    /// cancellation, which breaks all off and kills them.
    public func run() async throws {
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await self.watchLoad() }
            if let accessLog { tasks.addTask { await accessLog.write() } }
            if let metricsServer { tasks.addTask { try? await metricsServer.run { self.metrics ?? "" } } }
            await serve()
            tasks.cancelAll()
        }
        accessLog?.flush()
        try engine.discard(created)
    }

    private func serve() async {
        // Discarding: those of replicas that have gone would be kept to the service's end.
        await withDiscardingTaskGroup { tasks in
            for replica in live { tasks.addTask { await self.lookAfter(replica) } }
            async let served: Void = servePorts()
            for await request in requests.stream.cancelOnGracefulShutdown() {
                request.finish(await perform(request.kind, &tasks))
            }
            state.withLock { $0.isEnding = true }
            requests.sink.finish()
            for port in ports { port.stop(within: drainTime) }
            await served
            await stopAll()
        }
    }

    /// How long clients may go on after the service's end has begun: requests end by themselves, connections need not.
    private var drainTime: Duration { specification.http == nil ? .seconds(1) : .seconds(10) }

    private func servePorts() async {
        await withDiscardingTaskGroup { tasks in
            for port in ports { tasks.addTask { await port.serve() } }
        }
    }

    private func stopAll() async {
        await withDiscardingTaskGroup { tasks in
            for replica in state.withLock({ $0.replicas }) { tasks.addTask { _ = try? await replica.container.stop() } }
        }
    }

    private func perform(
        _ wish: ServiceRequest.Kind,
        _ tasks: inout DiscardingTaskGroup
    ) async -> Result<Void, any Error> {
        do {
            switch wish {
            case .scale(let count): try await scale(to: count, &tasks)
            case .heal: try await scale(to: state.withLock { $0.wanted }, &tasks)
            case .update(let specification): try await update(to: specification, &tasks)
            }
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    /// Follows a replica to its end, and asks for another if nobody wanted that.
    ///
    /// - Parameters:
    ///   - replica: The replica.
    ///   - isOnTrial: Whether someone else decides when it gets clients; it gets them once it can serve otherwise.
    func lookAfter(_ replica: Replica, isOnTrial: Bool = false) async {
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                _ = try? await replica.container.wait()
                self.withdraw(replica)
            }
            tasks.addTask { await self.endIfUnhealthy(replica) }
            if !isOnTrial { tasks.addTask { await self.admitWhenReady(replica) } }
            await replica.container.serve()
            tasks.cancelAll()
        }
        let ran = replica.started.duration(to: .now)
        let pause: Duration? = state.withLock { state in
            let wasLeaving = state.replicas.first { $0.number == replica.number }?.isLeaving ?? true
            state.replicas.removeAll { $0.number == replica.number }
            state.reports[replica.container.identifier] = nil
            guard !wasLeaving, !state.isEnding, state.specification.replacesDead else { return nil }
            // Only what ends at once, again and again, is waited for longer and longer.
            let steady = ran < .seconds(1) ? ran : RestartDecision.steadyTime
            return state.healing.next(after: 1, running: steady, isWanted: Task.isCancelled)
        }
        guard let pause, await rest(for: pause) else { return }
        requests.sink.yield(ServiceRequest(.heal))
    }

    /// Waits until a dead replica's successor may be started.
    ///
    /// - Returns: Whether that is still wanted.
    private func rest(for pause: Duration) async -> Bool {
        let end = ContinuousClock.now + pause
        while ContinuousClock.now < end {
            let step = min(.milliseconds(50), ContinuousClock.now.duration(to: end))
            guard !state.withLock({ $0.isEnding }), (try? await Task.sleep(for: step)) != nil else { return false }
        }
        return true
    }

    /// Ends a replica that its health check finds unwell, so that another takes its place.
    private func endIfUnhealthy(_ replica: Replica) async {
        guard specification.replacesDead else { return }
        while (try? await Task.sleep(for: .milliseconds(200))) != nil {
            guard replica.container.record.state.health?.status == .unhealthy else { continue }
            withdraw(replica)
            _ = try? await replica.container.stop()
            return
        }
    }

    /// Sends no more clients to a replica.
    func withdraw(_ replica: Replica) {
        state.withLock { state in
            let identifier = replica.container.identifier
            guard let index = state.replicas.firstIndex(where: { $0.container.identifier == identifier }) else {
                return
            }
            state.replicas[index].isLive = false
        }
        // After it is known, for who admits a replica looks the other way round.
        for port in ports { port.remove(replica.container.identifier) }
    }
}
