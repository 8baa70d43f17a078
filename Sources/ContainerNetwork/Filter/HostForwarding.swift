// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// Turns on what the host needs to forward packets for containers, and turns off again only what it turned on.
public final class HostForwarding: Sendable {
    private let host: NetworkNamespace
    private let changed = Mutex<[String]>([])

    /// Prepares; nothing is changed yet.
    ///
    /// - Parameter host: The namespace that forwards: the host's own.
    public init(host: NetworkNamespace) {
        self.host = host
    }

    /// Turns forwarding on for a network, IPv4 and IPv6 as it has them.
    ///
    /// - Parameter network: The network, whose bridge exists.
    /// - Throws: ``NetworkError`` if a switch can't be set.
    public func enable(for network: BridgeConfiguration) async throws {
        var switches: [String] = []
        if network.subnets.contains(where: { !$0.address.isIPv6 }) {
            switches += [ForwardingSwitch.ipv4, ForwardingSwitch.loopbackRouting(network.link)]
        }
        if network.subnets.contains(where: { $0.address.isIPv6 }) { switches.append(ForwardingSwitch.ipv6) }
        for path in switches {
            let isChanged = try await host.run { try ForwardingSwitch.turnOn(path) }
            if isChanged { changed.withLock { $0.append(path) } }
        }
    }

    /// Turns off what ``enable(for:)`` turned on; what went with its bridge is passed over.
    public func restore() async {
        let paths = changed.withLock { paths in
            defer { paths = [] }
            return paths
        }
        for path in paths { _ = try? await host.run { try ForwardingSwitch.turnOff(path) } }
    }
}
