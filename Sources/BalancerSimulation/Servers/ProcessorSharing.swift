// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A processor that all active requests share equally: each of k runs at speed · min(1, cores / k).
///
/// Since all progress alike, one number (the service that a request has had since the beginning of time) tells when each
/// is done: at arrival's number plus its work. So an event costs the logarithm of k only.
///
/// With a quota everything stands still from the moment at which it is used up to the end of its period.
struct ProcessorSharing {
    private struct Job {
        let finish: Double
        let request: Int
        let generation: UInt32
    }

    /// Cores that the requests may use.
    var cores: Double
    /// How fast a core is against others'; 0 while everything stands still.
    var speed: Double
    /// Core-seconds used.
    private(set) var used = 0.0
    private var budget: QuotaBudget?
    private var service = 0.0
    private var updated: Int64
    /// A heap by finish.
    private var jobs: [Job] = []

    init(cores: Double, speed: Double, budget: QuotaBudget? = nil, startingAt now: Int64) {
        self.cores = cores
        self.speed = speed
        self.budget = budget
        updated = now
    }

    /// Requests that share the processor.
    var active: Int { jobs.count }

    /// Cores in use while nothing stands still.
    private var busyCores: Double { min(Double(jobs.count), cores) }

    private var isThrottled: Bool { budget?.isUsedUp ?? false }

    private var rate: Double { jobs.isEmpty || isThrottled ? 0 : speed * min(1, cores / Double(jobs.count)) }

    mutating func advance(to now: Int64) {
        while let end = budget?.periodEnd, end <= now {
            run(to: end)
            // Without requests many periods may have passed.
            budget?.renew(at: jobs.isEmpty ? now : end)
        }
        run(to: now)
    }

    /// Advances within a period.
    private mutating func run(to now: Int64) {
        defer { updated = max(updated, now) }
        guard speed > 0, now > updated, !jobs.isEmpty else { return }
        let cores = busyCores
        let elapsed = min(Double(now - updated) / 1e9, budget?.seconds(at: cores) ?? .infinity)
        service += rate * elapsed
        used += cores * elapsed
        budget?.use(cores * elapsed)
    }

    mutating func add(_ request: Int, generation: UInt32, work: Double) {
        jobs.append(Job(finish: service + work, request: request, generation: generation))
        rise(jobs.count - 1)
    }

    /// When to look again, if nothing changes: the next request will be done, the quota used up or given anew; `.max` for
    /// never.
    var nextChange: Int64 {
        guard let job = jobs.first, speed > 0 else { return .max }
        if let budget, budget.isUsedUp { return budget.periodEnd }
        let completion = max(0, job.finish - service) / rate
        let wait = (min(completion, budget?.seconds(at: busyCores) ?? .infinity) * 1e9).rounded(.up)
        return wait < 4e18 ? updated + Int64(wait) : .max
    }

    /// A request that is done by now, if any.
    mutating func takeFinished() -> (request: Int, generation: UInt32)? {
        // A nanosecond of work is less than the clock can tell.
        guard let job = jobs.first, job.finish <= service + 1e-9 else { return nil }
        remove(at: 0)
        return (job.request, job.generation)
    }

    /// Takes a request out.
    ///
    /// Looks at all of them: only time-outs come here.
    mutating func cancel(_ request: Int, generation: UInt32) {
        guard let index = jobs.firstIndex(where: { $0.request == request && $0.generation == generation }) else {
            return
        }
        remove(at: index)
    }

    /// Takes all requests out.
    mutating func cancelAll() -> [(request: Int, generation: UInt32)] {
        defer { jobs.removeAll(keepingCapacity: true) }
        return jobs.map { ($0.request, $0.generation) }
    }

    private mutating func remove(at index: Int) {
        let last = jobs.removeLast()
        guard index < jobs.count else { return }
        jobs[index] = last
        sink(index)
        rise(index)
    }

    private mutating func rise(_ index: Int) {
        let job = jobs[index]
        var hole = index
        while hole > 0 {
            let parent = (hole - 1) / 2
            guard job.finish < jobs[parent].finish else { break }
            jobs[hole] = jobs[parent]
            hole = parent
        }
        jobs[hole] = job
    }

    private mutating func sink(_ index: Int) {
        let job = jobs[index]
        var hole = index
        while true {
            var child = 2 * hole + 1
            guard child < jobs.count else { break }
            if child + 1 < jobs.count, jobs[child + 1].finish < jobs[child].finish { child += 1 }
            guard jobs[child].finish < job.finish else { break }
            jobs[hole] = jobs[child]
            hole = child
        }
        jobs[hole] = job
    }
}
