// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension PortTranslation {
    /// The table's maps of published ports: one for each kind of address, and for ports on one address and on all.
    enum Map: String, CaseIterable {
        case addressed4
        case any4
        case addressed6
        case any6

        private var isIPv6: Bool { self == .addressed6 || self == .any6 }
        private var hasAddress: Bool { self == .addressed4 || self == .addressed6 }
        private var address: String { isIPv6 ? "ipv6_addr" : "ipv4_addr" }
        private var family: String { isIPv6 ? "ip6" : "ip" }

        /// What the map leads from and to, as nft(8) declares it.
        var type: String {
            (hasAddress ? "\(address) . " : "") + "inet_proto . inet_service : \(address) . inet_service"
        }

        /// The rule that looks a packet up in the map.
        var rule: String {
            let key = hasAddress ? "\(family) daddr . meta l4proto . th dport" : "meta l4proto . th dport"
            return "meta nfproto \(isIPv6 ? "ipv6" : "ipv4") meta l4proto { tcp, udp } "
                + "dnat \(family) to \(key) map @\(rawValue)"
        }
    }

    /// The map that the port belongs to.
    var map: Map {
        if target.isIPv6 { return hostAddress == nil ? .any6 : .addressed6 }
        return hostAddress == nil ? .any4 : .addressed4
    }

    /// What finds the port in its map.
    var key: String {
        (hostAddress.map { "\($0) . " } ?? "") + "\(transport.rawValue) . \(hostPort)"
    }

    /// The port as an element of its map.
    var element: String { "\(key) : \(target) . \(targetPort)" }
}
