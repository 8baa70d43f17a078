// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

extension SimulationRun {
    /// The autoscaler looks at the load since its last look and starts or drains replicas.
    mutating func scale() {
        guard var scaling else { return }
        queue.push(.scale, at: now + scaling.interval)
        let present = servers.indices.filter { !servers[$0].isGone }
        var samples: [ScalingMetric.Sample] = []
        for server in present {
            servers[server].cpu.advance(to: now)
            samples.append(ScalingMetric.Sample(servers[server].takeUtilisationForScaling(at: now)))
        }
        scaling.record(inFlight: requests.count - free.count, at: timestamp)
        let wanted = scaling.decide(samples, current: present.count, at: timestamp)
        let missing = wanted - present.count - scaling.starting
        for _ in 0..<max(0, missing) {
            queue.push(.replicaReady, at: now + scaling.startDelay)
        }
        scaling.starting += max(0, missing)
        self.scaling = scaling
        if wanted < present.count {
            let idlest = present.sorted { servers[$0].cpu.active < servers[$1].cpu.active }
            drain(Array(idlest.prefix(present.count - wanted)))
        }
    }
}
