// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A processor that all active requests share equally: each of k runs at speed · min(1, cores / k).
///
/// Since all progress alike, one number (the service that a request has had since the beginning of time) tells when each
/// is done: at arrival's number plus its work. So an event costs the logarithm of k only.
struct ProcessorSharing {
    private struct Job {
        let finish: Double
        let request: Int
        let generation: UInt32
    }

    /// Cores that the requests may use.
    var cores: Double
    /// How fast a core is against others'.
    var speed: Double
    private(set) var active = 0
    /// Core-seconds used.
    private(set) var used = 0.0
    private var service = 0.0
    private var updated: Int64
    private var jobs: [Job] = []
    private var cancelled: Set<Int> = []

    init(cores: Double, speed: Double, startingAt now: Int64) {
        self.cores = cores
        self.speed = speed
        updated = now
    }

    private var rate: Double { active == 0 ? 0 : speed * min(1, cores / Double(active)) }

    mutating func advance(to now: Int64) {
        let elapsed = Double(now - updated) / 1e9
        service += rate * elapsed
        used += min(Double(active), cores) * elapsed
        updated = now
    }

    mutating func add(_ request: Int, generation: UInt32, work: Double) {
        let job = Job(finish: service + work, request: request, generation: generation)
        active += 1
        jobs.append(job)
        var hole = jobs.count - 1
        while hole > 0 {
            let parent = (hole - 1) / 2
            guard job.finish < jobs[parent].finish else { break }
            jobs[hole] = jobs[parent]
            hole = parent
        }
        jobs[hole] = job
    }

    /// When the next request will be done, if nothing changes.
    var nextCompletion: Int64? {
        guard let job = jobs.first, rate > 0 else { return nil }
        return updated + Int64((max(0, job.finish - service) / rate * 1e9).rounded(.up))
    }

    /// A request that is done by now, if any.
    mutating func takeFinished() -> (request: Int, generation: UInt32)? {
        // A nanosecond of work is less than the clock can tell.
        guard let job = jobs.first, job.finish <= service + 1e-9 else { return nil }
        removeFirst()
        active -= 1
        dropCancelled()
        return (job.request, job.generation)
    }

    mutating func cancel(_ request: Int, generation: UInt32) {
        guard jobs.contains(where: { $0.request == request && $0.generation == generation }) else { return }
        active -= 1
        cancelled.insert(request)
        dropCancelled()
    }

    /// Forgets requests at the top that were cancelled; those further down are forgotten when they come up.
    private mutating func dropCancelled() {
        while let job = jobs.first, cancelled.remove(job.request) != nil { removeFirst() }
    }

    private mutating func removeFirst() {
        let last = jobs.removeLast()
        guard !jobs.isEmpty else { return }
        var hole = 0
        while true {
            var child = 2 * hole + 1
            guard child < jobs.count else { break }
            if child + 1 < jobs.count, jobs[child + 1].finish < jobs[child].finish { child += 1 }
            guard jobs[child].finish < last.finish else { break }
            jobs[hole] = jobs[child]
            hole = child
        }
        jobs[hole] = last
    }
}
