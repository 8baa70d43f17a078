// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

extension Workload {
    /// The most requests that one run may have; more would fill the memory with their latencies.
    private static let mostRequests = 2e8
    /// The most places that clients keep for replicas; each takes some hundred bytes.
    private static let mostViews = 4_000_000
    private static let longest = Duration.seconds(10 * 86_400)

    /// Refuses what can't be simulated, and says which value it is and why.
    func validate() throws(BalancerError) {
        try check(clients > 0, "clients", clients, "there must be one at least")
        try check(!servers.isEmpty, "replicas", servers.count, "there must be one at least")
        let views = clients.multipliedReportingOverflow(by: servers.count)
        let fits = !views.overflow && views.partialValue <= Self.mostViews
        try check(fits, "clients × replicas", "\(clients) × \(servers.count)", "4 million are the most")
        for (index, server) in servers.enumerated() {
            try checkAboveZero("cores of replica \(index)", server.cores)
            try checkAboveZero("speed of replica \(index)", server.speed)
            if let quota = server.quota { try validate(quota, of: server, "replica \(index)") }
        }
        if let problem = work.problem {
            throw BalancerError(code: .invalidConfiguration, message: "workload '\(name)': work: \(problem)")
        }
        try checkAboveZero("arrival rate", arrivalRate)
        try check(timeout > .zero, "timeout", timeout, "it must be longer than nothing")
        try check(networkDelay >= .zero, "network delay", networkDelay, "it can't be negative")
        try check(reportInterval >= .zero, "report interval", reportInterval, "it can't be negative; zero is never")
        try check(reportDelay >= .zero, "report delay", reportDelay, "it can't be negative")
        try check(warmUp >= .zero, "warm-up", warmUp, "it can't be negative")
        try check(duration > .zero, "measured time", duration, "it must be longer than nothing")
        try check(warmUp + duration <= Self.longest, "simulated time", warmUp + duration, "ten days are the most")
        try check(expectedRequests <= Self.mostRequests, "requests", expectedRequests, "200 million are the most")
        for fault in faults { try validate(fault) }
    }

    private func validate(_ quota: CPUQuota, of server: ServerSpecification, _ name: String) throws(BalancerError) {
        let enough = quota.processors >= server.cores && quota.processors.isFinite
        try check(enough, "processors of \(name)", quota.processors, "its share is \(server.cores) of them")
        try check(quota.period >= 0.001 && quota.period <= 1, "quota period of \(name)", quota.period, "0.001 to 1 s")
        let isAlone = server.antagonist == nil
        try check(isAlone, "quota of \(name)", quota.processors, "it has neighbours, whom its cores depend on")
    }

    /// About how many requests a run has.
    private var expectedRequests: Double {
        let seconds = (warmUp + duration).inSeconds
        guard let profile else { return arrivalRate * seconds }
        let samples = 1_000
        let sum = (0..<samples).reduce(0.0) { sum, sample in
            let factor = profile(seconds * Double(sample) / Double(samples))
            return sum + (factor > 0 ? factor : 0)
        }
        return arrivalRate * seconds * sum / Double(samples)
    }

    private func validate(_ fault: Fault) throws(BalancerError) {
        if let server = fault.server {
            let known = "replicas have the numbers 0 to \(servers.count - 1)"
            try check(servers.indices.contains(server), "replica of a fault", server, known)
        }
        try check(fault.start >= .zero, "start of a fault", fault.start, "it can't be negative")
        if let end = fault.end {
            try check(end >= fault.start, "end of a fault", end, "it must not be before its start, \(fault.start)")
        }
    }

    private func checkAboveZero(_ field: String, _ value: Double) throws(BalancerError) {
        try check(value > 0 && value.isFinite, field, value, "it must be a number above 0")
    }

    private func check(_ holds: Bool, _ field: String, _ value: Any, _ reason: String) throws(BalancerError) {
        guard !holds else { return }
        throw BalancerError(
            code: .invalidConfiguration,
            message: "workload '\(name)': \(field) is \(value): \(reason)"
        )
    }
}
