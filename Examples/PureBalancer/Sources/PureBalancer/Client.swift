// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// A client that spreads its requests by the load that backends report, and retries elsewhere.
final class Client {
    let balancer: LoadBalancer<Int>
    private let picker: Picker<Int>
    private var retries = RetryBudget()
    private var backends: [Backend]

    /// What is out at present: where each request went and when its answer is due.
    private var active: [(pick: Pick<Int>, due: Timestamp)] = []

    init(backends: [Backend]) throws {
        self.backends = backends
        var configuration = BalancerConfiguration()
        configuration.outlierDetection = OutlierDetection()
        balancer = try LoadBalancer(
            policy: .leastUtilised,
            // The address is what this program reaches a backend by: here its place in an array.
            endpoints: backends.indices.map { Endpoint(id: "backend-\($0)", address: $0) },
            configuration: configuration,
            // Each call states the time, so that every run is the same.
            time: TimeSource { .zero }
        )
        picker = balancer.makePicker()
    }

    var served: [Int] { backends.map(\.served) }

    func breakDown(_ backend: Int) { backends[backend].isBroken = true }

    /// Sends one request each millisecond.
    ///
    /// - Returns: How many were answered well.
    func send(_ count: Int, from start: Int) -> Int {
        (start..<start + count).count { step in
            let now = Timestamp.zero + .milliseconds(step)
            balancer.advance(to: now)
            return send(at: now) == 200
        }
    }

    /// Sends a request; answers come a little later.
    private func send(at now: Timestamp) -> Int? {
        collect(at: now)
        retries.deposit(at: now)
        var context = PickContext(now: now)
        while context.attempt < 3, let pick = picker.pick(context) {
            let response = backends[pick.address].answer(
                inFlight: balancer.inFlight(on: "backend-\(pick.address)") ?? 0
            )
            if let report = try? ORCA.read(response.headers) { balancer.report(report, for: pick, at: now) }
            let outcome = Outcome.http(status: response.status)
            guard outcome.isFailure else {
                active.append((pick, now + .milliseconds(20)))
                return response.status
            }
            balancer.complete(pick, outcome, at: now)
            guard retries.withdraw(at: now) else { return response.status }
            context.excluded.insert(pick.slot)
            context.attempt += 1
        }
        return nil
    }

    private func collect(at now: Timestamp) {
        for request in active where request.due <= now { balancer.complete(request.pick, .success, at: now) }
        active.removeAll { $0.due <= now }
    }
}
