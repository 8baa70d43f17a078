// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The packet filter's rules for some bridge networks and published ports, as a value.
///
/// - Containers reach the world under the host's address.
/// - A published port leads to its container: from outside, from the host itself, and from other containers.
/// - Containers of different networks do not reach each other, but by published ports.
/// - Containers of an internal network reach nothing beyond it.
public struct FilterRules: Hashable, Sendable {
    /// The networks.
    public var networks: [BridgeConfiguration]
    /// The ports.
    public var ports: [PortTranslation]
    /// Whether published ports are also translated for connections from the host's own 127.0.0.1.
    ///
    /// That needs `route_localnet` on the bridge, which ``HostForwarding`` sets; containers are kept from the host's
    /// loopback by a rule then. Without it something on the host has to listen there.
    public var routesLoopback: Bool

    /// Creates rules.
    ///
    /// - Parameters:
    ///   - networks: The networks.
    ///   - ports: The ports.
    ///   - routesLoopback: Whether published ports are also translated for connections from 127.0.0.1.
    public init(networks: [BridgeConfiguration], ports: [PortTranslation] = [], routesLoopback: Bool = true) {
        self.networks = networks
        self.ports = ports
        self.routesLoopback = routesLoopback
    }

    /// The commands that make a table hold these rules and no others, to be run as one transaction; nft(8).
    func script(table: String) -> String {
        """
        add table inet \(table)
        delete table inet \(table)
        table inet \(table) {
        \(PortTranslation.Map.allCases.map(declare).joined(separator: "\n"))
            chain published {
        \(lines(PortTranslation.Map.allCases.map(\.rule)))
            }
            chain prerouting {
                type nat hook prerouting priority dstnat; policy accept;
                fib daddr type local jump published
            }
            chain output {
                type nat hook output priority -100; policy accept;
        \(lines(routesLoopback ? [] : ["ip daddr 127.0.0.0/8 return", "ip6 daddr ::1 return"]))
                fib daddr type local jump published
            }
            chain guard {
                type filter hook prerouting priority raw; policy accept;
        \(lines(networks.map { "iifname \"\($0.link)\" ip daddr 127.0.0.0/8 drop" }))
            }
            chain postrouting {
                type nat hook postrouting priority srcnat; policy accept;
        \(lines(networks.flatMap(masquerade)))
            }
            chain forward {
                type filter hook forward priority filter; policy accept;
                ct state established,related accept
                ct status dnat accept
        \(lines(networks.flatMap(isolate)))
            }
        }
        """
    }

    private func lines(_ rules: [String]) -> String {
        rules.map { "        \($0)" }.joined(separator: "\n")
    }

    /// A map from what is connected to, to the container's address and port, with the ports that are in it.
    private func declare(_ map: PortTranslation.Map) -> String {
        let elements = ports.filter { $0.map == map }.map(\.element)
        let content = elements.isEmpty ? "" : " elements = { \(elements.joined(separator: ", ")) }"
        return "    map \(map.rawValue) { type \(map.type);\(content) }"
    }

    /// What leaves a network gets the host's address; so does what comes into it by a published port from the host's
    /// loopback or from the network itself, for the answers must come back through the host.
    private func masquerade(_ network: BridgeConfiguration) -> [String] {
        network.subnets.flatMap { subnet -> [String] in
            let family = subnet.address.isIPv6 ? "ip6" : "ip"
            let own = "\(subnet.network)/\(subnet.length)"
            let loopback = subnet.address.isIPv6 ? "::1" : "127.0.0.0/8"
            let inward = [
                "oifname \"\(network.link)\" \(family) saddr \(loopback) masquerade",
                "oifname \"\(network.link)\" \(family) saddr \(own) ct status dnat masquerade",
            ]
            let outward = "oifname != \"\(network.link)\" \(family) saddr \(own) masquerade"
            return network.isInternal ? inward : inward + [outward]
        }
    }

    private func isolate(_ network: BridgeConfiguration) -> [String] {
        if network.isInternal {
            return [
                "iifname \"\(network.link)\" oifname != \"\(network.link)\" drop",
                "oifname \"\(network.link)\" iifname != \"\(network.link)\" drop",
            ]
        }
        return networks.filter { $0.link != network.link }
            .map { "iifname \"\(network.link)\" oifname \"\($0.link)\" drop" }
    }
}
