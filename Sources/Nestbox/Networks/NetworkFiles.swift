// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerNetwork

/// The files by which a container knows its own name, others' names and who to ask; pure.
enum NetworkFiles {
    /// The text of `/etc/hosts`.
    ///
    /// - Parameters:
    ///   - hostName: The container's name for itself.
    ///   - addresses: Its addresses; the loopback where it has none.
    ///   - extra: Further lines.
    ///   - gateway: What `host-gateway` means.
    /// - Returns: The text.
    static func hosts(
        hostName: String,
        addresses: [IPAddress],
        extra: [HostEntry] = [],
        gateway: IPAddress? = nil
    ) -> String {
        var lines = ["127.0.0.1\tlocalhost", "::1\tlocalhost ip6-localhost ip6-loopback"]
        for entry in extra {
            switch entry.address {
            case .stated(let address): lines.append("\(address)\t\(entry.name)")
            case .hostGateway: lines.append("\(gateway ?? .loopback)\t\(entry.name)")
            }
        }
        let short = hostName.prefix { $0 != "." }
        let names = short == hostName ? hostName : "\(hostName) \(short)"
        for address in addresses.isEmpty ? [.loopback] : addresses { lines.append("\(address)\t\(names)") }
        return lines.map { $0 + "\n" }.joined()
    }

    /// What `/etc/resolv.conf` says, and who is asked for what is not known here.
    ///
    /// - Parameters:
    ///   - options: The container's.
    ///   - host: The host's own file.
    ///   - hasServer: Whether the engine answers for the container.
    /// - Returns: What the file says, and the servers that are asked.
    static func resolver(
        _ options: NetworkOptions,
        host: ResolverConfiguration,
        hasServer: Bool
    ) -> (file: ResolverConfiguration, upstream: [IPAddress]) {
        let upstream = options.nameServers.isEmpty ? host.servers : options.nameServers
        let file = ResolverConfiguration(
            servers: hasServer ? [NameServer.address] : upstream,
            searchDomains: options.searchDomains ?? host.searchDomains,
            options: options.resolverOptions.isEmpty ? host.options : options.resolverOptions
        )
        return (file, upstream)
    }
}
