// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CSockets

/// Who sends datagrams, and to which address of this host: what a flow is known by.
struct DatagramOrigin: Hashable {
    let client: StreamAddress
    let arrival: csockets_arrival

    static func == (one: DatagramOrigin, other: DatagramOrigin) -> Bool {
        one.client == other.client && one.arrival.interface == other.arrival.interface
            && one.arrival.ipv4 == other.arrival.ipv4 && one.arrival.ipv6 == other.arrival.ipv6
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(client)
    }
}
