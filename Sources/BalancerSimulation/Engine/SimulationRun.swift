// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// One run of a simulation: its clock, its queue and everything in it.
struct SimulationRun {
    static let sampleInterval: Int64 = 100_000_000

    let workload: Workload
    var queue = EventQueue<SimulationEvent>()
    var now: Int64 = 0
    var servers: [SimulatedServer] = []
    var clients: [SimulatedClient] = []
    var requests: [SimulatedRequest] = []
    var free: [Int] = []
    /// Requests by start, whose time-outs are therefore in order.
    var timeouts = TimeoutQueue()
    var recorder: Recorder
    var scaling: SimulatedScaling?
    private var arrivals: SeededGenerator
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
        recorder = Recorder(workload: workload)
        arrivals = SeededGenerator(seed: SeededGenerator.seed(seed, stream: 1))
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
        queue.push(.arrival, at: 0)
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
        if servers[server].antagonist != nil { queue.push(.antagonist(server: server), at: now) }
        if workload.reportInterval > .zero {
            let interval = workload.reportInterval.simulated
            let offset = Int64(neighbours.unit() * Double(interval))
            queue.push(.report(server: server), at: now + offset)
        }
    }

    mutating func run() -> SimulationResult {
        let end = (workload.warmUp + workload.duration).simulated
        while let next = queue.nextTime {
            let due = timeouts.nextTime ?? .max
            guard min(next, due) <= end else { break }
            if due <= next {
                now = due
                expire()
            } else if let (time, event) = queue.pop() {
                now = time
                handle(event)
            }
        }
        return recorder.result(servers: servers)
    }

    private mutating func handle(_ event: SimulationEvent) {
        switch event {
        case .arrival: arrive()
        case .reach(let request, let generation): reach(request, generation)
        case .finish(let server, let version): finish(server, version)
        case .answer(let request, let generation, let outcome): answer(request, generation, outcome)
        case .probe(let client, let target): probe(client, target)
        case .probed(let client, let target, let reply):
            clients[client].picker.recordProbe(reply, from: target, at: timestamp)
        case .report(let server): report(server)
        case .antagonist(let server): changeNeighbour(server)
        case .tick: tick()
        case .fault(let index): begin(workload.faults[index])
        case .faultEnd(let server, let speed): setSpeed(speed, of: server)
        case .scale: scale()
        case .replicaReady: addReplica(speed: 1)
        }
    }

    private mutating func arrive() {
        let rate = workload.arrivalRate * (workload.profile?(Double(now) / 1e9) ?? 1)
        let gap = rate > 0 ? arrivals.exponential(mean: 1 / rate) : 1
        queue.push(.arrival, at: now + max(1, Int64(gap * 1e9)))
        guard rate > 0 else { return }
        let seconds = workload.work.draw(&work)
        place(client: placement.index(below: clients.count), work: seconds)
    }
}
