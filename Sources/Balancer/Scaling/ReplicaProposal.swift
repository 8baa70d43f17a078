// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The rule by which Kubernetes reckons replicas from a measure of each of them.
///
/// Replicas that are not ready count as using nothing when scaling out, and not at all when scaling in. Replicas whose
/// measure is missing are taken to use nothing when scaling out, and a stated amount when scaling in. So what is not
/// known dampens either move, and a move that these assumptions would reverse is not made.
///
/// Source: Kubernetes, "Horizontal Pod Autoscaling", algorithm details; `replica_calculator`.
struct ReplicaProposal {
    let samples: [ScalingMetric.Sample]
    let target: Double
    let missing: Double

    func replicas(current: Int, tolerance: Double) -> Int? {
        let ready = samples.filter(\.isReady).compactMap(\.value)
        guard !ready.isEmpty else { return nil }
        let unready = samples.count { !$0.isReady }
        let absent = samples.count { $0.isReady && $0.value == nil }
        let ratio = ready.reduce(0, +) / Double(ready.count) / target
        let outward = ratio > 1
        guard absent > 0 || (unready > 0 && outward) else {
            return abs(1 - ratio) <= tolerance ? current : Int(saturating: ratio * Double(ready.count))
        }
        let assumed = outward ? 0 : Double(absent) * missing
        let count = ready.count + absent + (outward ? unready : 0)
        let damped = (ready.reduce(0, +) + assumed) / Double(count) / target
        if abs(1 - damped) <= tolerance || (damped > 1) != outward { return current }
        let proposal = Int(saturating: damped * Double(count))
        return outward == (proposal > current) ? proposal : current
    }
}
