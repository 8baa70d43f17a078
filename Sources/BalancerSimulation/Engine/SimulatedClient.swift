// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// One client: a balancer of its own with one picker.
struct SimulatedClient {
    let balancer: LoadBalancer<Int>
    let picker: Picker<Int>

    init(
        policy: any Policy,
        servers: [Endpoint<Int>],
        configuration: BalancerConfiguration
    ) throws(BalancerError) {
        balancer = try LoadBalancer(
            policy: policy,
            endpoints: servers,
            configuration: configuration,
            time: TimeSource { .zero }
        )
        picker = balancer.makePicker()
    }
}
