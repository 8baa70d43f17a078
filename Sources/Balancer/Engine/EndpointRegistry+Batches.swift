// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension EndpointRegistry {
    /// Applies events in order: all of them or, if one is invalid, none.
    mutating func apply(_ events: [RegistryEvent], at now: Timestamp) throws(BalancerError) {
        // A single event looks for itself before it changes anything.
        if events.count > 1 { try check(events) }
        for event in events {
            try apply(event, at: now)
        }
    }

    /// Follows which names there would be after each event, and finds the first event that is invalid.
    private func check(_ events: [RegistryEvent]) throws(BalancerError) {
        /// Names that events before have added or removed; the others are as they are.
        var changed: [String: Bool] = [:]
        var isReplaced = false
        for event in events {
            switch event {
            case .add(let endpoint):
                changed[endpoint.id] = true
            case .replaceAll(let endpoints):
                changed = [:]
                isReplaced = true
                for endpoint in endpoints where changed.updateValue(true, forKey: endpoint.id) != nil {
                    throw .duplicate(endpoint.id)
                }
            case .remove(let id), .setWeight(let id, _), .setHealth(let id, _), .setDraining(let id, _):
                guard changed[id] ?? (!isReplaced && contains(id)) else { throw .unknown(id) }
                if case .remove = event { changed[id] = false }
            }
        }
    }
}

extension BalancerError {
    static func duplicate(_ id: String) -> BalancerError {
        BalancerError(code: .duplicateEndpoint, message: "the set names the endpoint '\(id)' more than once")
    }

    static func unknown(_ id: String) -> BalancerError {
        BalancerError(code: .unknownEndpoint, message: "there is no endpoint named '\(id)'")
    }
}
