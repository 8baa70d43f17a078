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
    public var ports: [PublishedPort]

    /// Creates rules.
    ///
    /// - Parameters:
    ///   - networks: The networks.
    ///   - ports: The ports.
    public init(networks: [BridgeConfiguration], ports: [PublishedPort] = []) {
        self.networks = networks
        self.ports = ports
    }

    /// The commands that make a table hold these rules and no others, to be run as one transaction; nft(8).
    func script(table: String) -> String {
        """
        add table inet \(table)
        delete table inet \(table)
        table inet \(table) {
            chain published {
        \(lines(ports.map(publish)))
            }
            chain prerouting {
                type nat hook prerouting priority dstnat; policy accept;
                fib daddr type local jump published
            }
            chain output {
                type nat hook output priority -100; policy accept;
                fib daddr type local jump published
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

    private func publish(_ port: PublishedPort) -> String {
        let family = port.target.isIPv6 ? "ip6" : "ip"
        let address = port.hostAddress.map { "\(family) daddr \($0) " } ?? ""
        let target = port.target.isIPv6 ? "[\(port.target)]" : "\(port.target)"
        return "meta nfproto \(port.target.isIPv6 ? "ipv6" : "ipv4") \(address)\(port.transport.rawValue) "
            + "dport \(port.hostPort) dnat \(family) to \(target):\(port.targetPort)"
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
