// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// One run of a simulation: its clock, its queues and everything in it.
struct SimulationRun {
    static let sampleInterval: Int64 = 100_000_000

    let workload: Workload
    let networkDelay: Int64
    let timeout: Int64
    var now: Int64 = 0
    /// What happens now and then.
    var queue = EventQueue<SimulationEvent>()
    /// What is on the wire; every message takes the same time.
    var network = DelayLine<NetworkMessage>()
    /// Requests by the time at which they are given up; each has the same time.
    var timeouts = DelayLine<(request: Int, generation: UInt32)>()
    var completions = CompletionQueue()
    var servers: [SimulatedServer] = []
    var clients: [SimulatedClient] = []
    var requests: [SimulatedRequest] = []
    var free: [Int] = []
    var probes = Slab<SimulatedProbe>()
    var reports = Slab<(server: Int, report: LoadReport)>()
    var recorder: Recorder
    var scaling: SimulatedScaling?
    private var arrivals: ArrivalClock
    private var work: SeededGenerator
    private var placement: SeededGenerator
    var neighbours: SeededGenerator

    init(
        workload: Workload,
        configuration: BalancerConfiguration,
        seed: UInt64,
        policy: (Int) -> any Policy
    ) throws(BalancerError) {
        self.workload = workload
        networkDelay = workload.networkDelay.simulated
        timeout = workload.timeout.simulated
        recorder = Recorder(workload: workload)
        arrivals = ArrivalClock(workload, seed: SeededGenerator.seed(seed, stream: 1))
        work = SeededGenerator(seed: SeededGenerator.seed(seed, stream: 2))
        placement = SeededGenerator(seed: SeededGenerator.seed(seed, stream: 3))
        neighbours = SeededGenerator(seed: SeededGenerator.seed(seed, stream: 4))
        servers = workload.servers.map { SimulatedServer($0) }
        let endpoints = servers.indices.map { Self.endpoint($0) }
        for client in 0..<workload.clients {
            var configuration = configuration
            configuration.seed = SeededGenerator.seed(seed, stream: UInt64(100 + client))
            clients.append(
                try SimulatedClient(policy: policy(client), servers: endpoints, configuration: configuration)
            )
        }
        if let autoscaling = workload.autoscaling {
            scaling = try SimulatedScaling(autoscaling)
        }
        schedule()
    }

    static func endpoint(_ server: Int) -> Endpoint<Int> { Endpoint(id: "replica-\(server)", address: server) }

    var timestamp: Timestamp { Timestamp(nanoseconds: now) }

    private mutating func schedule() {
        queue.push(.arrival, at: arrivals.first)
        queue.push(.tick, at: Self.sampleInterval)
        for server in servers.indices {
            scheduleServer(server)
        }
        for (index, fault) in workload.faults.enumerated() {
            queue.push(.fault(index), at: fault.start.simulated)
        }
        if let scaling {
            queue.push(.scale, at: scaling.interval)
        }
    }

    /// Starts a server's neighbours and reports, the latter at different moments for each.
    mutating func scheduleServer(_ server: Int) {
        completions.add()
        if servers[server].antagonist != nil { queue.push(.antagonist(server: server), at: now) }
        if workload.reportInterval > .zero {
            let interval = workload.reportInterval.simulated
            let offset = Int64(neighbours.unit() * Double(interval))
            queue.push(.report(server: server), at: now + offset)
        }
    }

    mutating func run() -> SimulationResult {
        let end = (workload.warmUp + workload.duration).simulated
        while true {
            // Equal times in this order: what is given up, done, on the wire, and the rest.
            let due = timeouts.nextTime
            let done = completions.nextTime
            let delivered = network.nextTime
            let other = queue.nextTime ?? .max
            now = min(min(due, done), min(delivered, other))
            guard now <= end else { break }
            if due == now {
                expire()
            } else if done == now, let server = completions.nextServer {
                finish(server)
            } else if delivered == now, let message = network.pop() {
                deliver(message)
            } else if let event = queue.pop()?.event {
                handle(event)
            }
        }
        now = end
        return recorder.result(servers: servers)
    }

    private mutating func deliver(_ message: NetworkMessage) {
        switch message {
        case .reach(let request, let generation): reach(request, generation)
        case .answer(let request, let generation, let outcome): answer(request, generation, outcome)
        case .probe(let index): probe(index)
        case .probed(let index): probed(index)
        }
    }

    private mutating func handle(_ event: SimulationEvent) {
        switch event {
        case .arrival: arrive()
        case .report(let server): report(server)
        case .reported(let index): reported(index)
        case .antagonist(let server): changeNeighbour(server)
        case .tick: tick()
        case .fault(let index): begin(index)
        case .faultEnd(let index, let server): end(index, on: server)
        case .notice(let server, let isHealthy): notice(server, isHealthy: isHealthy)
        case .scale: scale()
        case .replicaReady: addReplica(slowdown: 1)
        }
    }

    private mutating func arrive() {
        let (requests, next) = arrivals.next(after: now)
        queue.push(.arrival, at: next)
        for _ in 0..<requests {
            let seconds = workload.work.draw(&work)
            place(client: placement.index(below: clients.count), work: seconds)
        }
    }
}
