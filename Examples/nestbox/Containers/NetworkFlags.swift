// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ContainerNetwork
import Nestbox

/// The flags that say what network a container has.
struct NetworkFlags: ParsableArguments {
    @Option(
        name: [.customLong("network"), .customLong("net")],
        help: "bridge, host, none, container:NAME, or a network's name."
    )
    var network = "bridge"

    @Option(name: [.customLong("network-alias"), .customLong("net-alias")], help: "A further name on its network.")
    var alias: [String] = []

    @Option(help: "The container's IPv4 address.")
    var ip: String?

    @Option(help: "The container's IPv6 address.")
    var ip6: String?

    @Option(name: .customLong("add-host"), help: "A line for /etc/hosts: NAME:ADDRESS, or NAME:host-gateway.")
    var extraHosts: [String] = []

    @Option(help: "A server that is asked for names.")
    var dns: [String] = []

    @Option(name: .customLong("dns-search"), help: "A domain in which short names are tried.")
    var searchDomains: [String] = []

    @Option(name: .customLong("dns-option"), help: "An option of the resolver, such as ndots:2.")
    var resolverOptions: [String] = []

    func options() throws -> NetworkOptions {
        var options = NetworkOptions()
        options.mode = try NetworkMode(network)
        options.aliases = alias
        options.addresses = try [ip, ip6].compactMap(\.self).map(Self.address)
        options.extraHosts = extraHosts
        options.nameServers = try dns.map(Self.address)
        if !searchDomains.isEmpty { options.searchDomains = searchDomains.filter { $0 != "." } }
        options.resolverOptions = resolverOptions
        return options
    }

    static func address(_ text: String) throws -> IPAddress {
        guard let address = IPAddress(text) else { throw ValidationError("'\(text)' is not an IP address") }
        return address
    }
}
