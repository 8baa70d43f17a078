// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import CAllocationCounter
import Testing

@Suite("Allocations")
struct AllocationTests {
    @Test("the counter counts", .enabled(if: allocation_counter_works(), "a sanitizer brings its own allocator"))
    func counts() {
        let before = allocation_counter_value()
        let values = [Int](repeating: 1, count: 1_000)
        #expect(allocation_counter_value() > before)
        #expect(values.count == 1_000)
    }

    @Test(
        "no pick and no completion asks for memory, whatever the policy",
        .enabled(if: allocation_counter_works(), "a sanitizer brings its own allocator"),
        arguments: EveryPolicy.all
    )
    func none(subject: EveryPolicy) throws {
        let weights = (0..<20).map { UInt32(1 + $0 % 4) }
        var configuration = BalancerConfiguration()
        configuration.maxInFlightPerEndpoint = 1_000
        configuration.outlierDetection = OutlierDetection()
        let balancer = try makeBalancer(subject.policy, weights: weights, configuration)
        for id in 0..<20 {
            balancer.report(LoadReport(cpuUtilisation: 0.5, requestsPerSecond: 9), from: name(id), at: .zero)
        }
        let picker = balancer.makePicker()
        // The first picks may fill what is kept from then on.
        place(200, picker, from: 0)
        let before = allocation_counter_value()
        place(500, picker, from: 200)
        #expect(allocation_counter_value() == before)
    }

    private func place(_ count: Int, _ picker: Picker<String>, from start: Int) {
        for step in start..<start + count {
            let now = Timestamp(nanoseconds: Int64(step) * 1_000_000)
            var context = PickContext(now: now, key: UInt64(step) &* 0x9E37_79B9_7F4A_7C15)
            if let pick = picker.pick(context) {
                picker.balancer.complete(pick, step % 11 == 0 ? .serverError : .success, at: now)
                context.excluded.insert(pick.slot)
            }
            // And a second time, as a retry does.
            context.attempt = 1
            if let pick = picker.pick(context) { picker.balancer.complete(pick, .success, at: now) }
        }
    }
}
