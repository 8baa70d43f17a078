// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Balancer
internal import BalancerProxy
internal import ContainerKit
internal import Glibc
internal import Logging
internal import Synchronization

extension ReplicaSet {
    /// How often the load is looked at.
    private static let period = Duration.milliseconds(100)
    /// How many looks are taken for one decision on the number of containers.
    private static let looks = 5
    /// How many looks are taken before the figures of requests are written down again.
    private static let looksForMetrics = 10

    /// Takes note of a container's load, by a measure of the user's own: what ``Autoscaling/Metric/reported`` goes by.
    ///
    /// - Parameters:
    ///   - value: The load.
    ///   - identifier: The container.
    public func report(_ value: Double, of identifier: String) {
        state.withLock { state in
            guard state.replicas.contains(where: { $0.container.identifier == identifier }) else { return }
            state.reports[identifier] = value
        }
    }

    private func writeMetrics() {
        guard let metrics else { return }
        do {
            try engine.layout.service(name).metrics.write(metrics, isDurable: false)
        } catch {
            engine.logger.debug(
                "a service's figures are not written down",
                metadata: ["service.name": "\(name)", "error": "\(error)"]
            )
        }
    }

    /// Tells the balancers how busy each container is, and asks for more or fewer of them.
    func watchLoad() async {
        let processors = Double(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        var meters: [String: LoadMeter] = [:]
        var shares: [String: [Double]] = [:]
        var decision: AutoscaleDecision?
        var look = 0
        while !Task.isCancelled {
            let specification = self.specification
            let needsShares = specification.policy.needsLoad || specification.autoscaling?.metric == .cpu
            let present = live.map(\.container.identifier)
            meters = meters.filter { present.contains($0.key) }
            shares = shares.filter { present.contains($0.key) }
            if needsShares {
                let allowance = specification.container.limits.processors ?? processors
                for replica in live {
                    let identifier = replica.container.identifier
                    guard let used = try? replica.container.usage().cpu.used else { continue }
                    let share = meters[identifier, default: LoadMeter(allowance: allowance)]
                        .utilisation(used: used, at: .now)
                    guard let share else { continue }
                    shares[identifier, default: []].append(share)
                    for port in ports { port.report(cpu: share, of: identifier) }
                }
            }
            look += 1
            if look % Self.looksForMetrics == 0 { writeMetrics() }
            if let options = specification.autoscaling {
                if decision?.options != options { decision = try? AutoscaleDecision(options) }
                // Who waits for the first container waits for nothing else.
                if look % Self.looks == 0 || present.isEmpty {
                    await autoscale(&decision, present, shares)
                    shares = [:]
                }
            }
            try? await Task.sleep(for: present.isEmpty ? .milliseconds(10) : Self.period)
        }
    }

    private func autoscale(
        _ decision: inout AutoscaleDecision?,
        _ present: [String],
        _ shares: [String: [Double]]
    ) async {
        let reports = state.withLock { $0.reports }
        let loads = present.map { identifier in
            let seen = shares[identifier] ?? []
            return AutoscaleDecision.Load(
                cpu: seen.isEmpty ? nil : seen.reduce(0, +) / Double(seen.count),
                clients: ports.reduce(0) { $0 + $1.inFlight(identifier) },
                reported: reports[identifier] ?? ports.lazy.compactMap { $0.reported(by: identifier) }.first
            )
        }
        let waiting = ports.reduce(0) { $0 + $1.waiting }
        let now = Timestamp(nanoseconds: Moment.now().nanoseconds)
        guard let wanted = decision?.decide(loads, waiting: waiting, at: now), wanted != present.count else {
            return
        }
        do {
            try await beginScaling(to: wanted)
            try engine.changeService(name) { $0.replicas = wanted }
            let attributes = ["replicas": "\(wanted)"]
            engine.eventLog.post(
                Event(time: .now(), kind: .service, action: .scale, identifier: name, attributes: attributes)
            )
        } catch {
            engine.logger.warning(
                "a service could not be scaled",
                metadata: ["service.name": "\(name)", "replicas": "\(wanted)", "error": "\(error)"]
            )
        }
    }
}
