// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CHarness

/// How long picks took, over batches.
struct Timing {
    /// Nanoseconds a pick.
    let median: Double
    let p99: Double
    /// How often memory was asked for, in all batches after the first.
    let allocations: UInt64

    /// Runs batches of picks on as many threads as there are loops, all at once.
    static func measure(_ loops: [any Loop], picks: Int, batches: Int) -> Timing {
        let run = BatchRun(loops: loops, picks: picks, batches: batches)
        let context = Unmanaged.passUnretained(run).toOpaque()
        // Once unmeasured, so that caches and the branch predictor know the loop.
        for loop in loops { loop.run(picks * 2) }
        let before = harness_allocations()
        harness_parallel(
            CInt(loops.count),
            { context, thread in
                guard let context else { return }
                Unmanaged<BatchRun>.fromOpaque(context).takeUnretainedValue().run(Int(thread))
            },
            context
        )
        // Starting a thread takes memory: what one thread alone asks for is told exactly.
        let allocations = loops.count == 1 ? harness_allocations() - before : 0
        let times = UnsafeBufferPointer(start: run.times, count: loops.count * batches).sorted()
        return Timing(
            median: times[times.count / 2] / Double(picks),
            p99: times[min(times.count - 1, times.count * 99 / 100)] / Double(picks),
            allocations: allocations
        )
    }
}

/// The batches of all threads and their times.
private final class BatchRun {
    let loops: [any Loop]
    let picks: Int
    let batches: Int
    let times: UnsafeMutablePointer<Double>

    init(loops: [any Loop], picks: Int, batches: Int) {
        self.loops = loops
        self.picks = picks
        self.batches = batches
        times = .allocate(capacity: loops.count * batches)
        times.initialize(repeating: 0, count: loops.count * batches)
    }

    deinit { times.deallocate() }

    func run(_ thread: Int) {
        for batch in 0..<batches {
            let start = harness_now()
            loops[thread].run(picks)
            times[thread * batches + batch] = Double(harness_now() - start)
        }
    }
}
