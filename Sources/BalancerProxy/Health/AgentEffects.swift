// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// What an agent's report changes of an endpoint.
struct AgentEffects {
    /// The endpoint's weight as it was configured, of which reports state a share.
    let weight: UInt32
    private var isDraining = false
    private var percent = 100

    init(weight: UInt32) {
        self.weight = weight
    }

    /// The changes that a report makes; an agent that says nothing of a thing leaves it as it is.
    mutating func events<Address: Sendable>(
        of report: AgentReport,
        for id: String,
        as type: Address.Type
    ) -> [EndpointEvent<Address>] {
        var events: [EndpointEvent<Address>] = []
        if let administration = report.administration {
            let drains = administration != .ready
            if drains != isDraining { events.append(.setDraining(id: id, drains)) }
            isDraining = drains
        }
        if let share = report.weightPercent, share != percent {
            percent = share
            let scaled = (Double(weight) * Double(share) / 100).rounded(.up)
            events.append(.setWeight(id: id, UInt32(min(scaled, Double(UInt32.max)))))
        }
        return events
    }
}
