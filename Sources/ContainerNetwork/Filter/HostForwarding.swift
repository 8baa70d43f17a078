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
    /// - Parameters:
    ///   - network: The network, whose bridge exists.
    ///   - routesLoopback: Whether packets from 127.0.0.1 may go to the bridge, see ``FilterRules/routesLoopback``.
    /// - Throws: ``NetworkError`` if a switch can't be set.
    public func enable(for network: BridgeConfiguration, routesLoopback: Bool = true) async throws {
        try await host.run { try self.enableHere(network, routesLoopback: routesLoopback) }
    }

    /// The same on a thread that is in the host's namespace.
    package func enableHere(_ network: BridgeConfiguration, routesLoopback: Bool) throws(NetworkError) {
        var switches: [String] = []
        if network.subnets.contains(where: { !$0.address.isIPv6 }) {
            switches.append(ForwardingSwitch.ipv4)
            if routesLoopback { switches.append(ForwardingSwitch.loopbackRouting(network.link)) }
        }
        if network.subnets.contains(where: { $0.address.isIPv6 }) { switches.append(ForwardingSwitch.ipv6) }
        for path in switches {
            if try ForwardingSwitch.turnOn(path) { changed.withLock { $0.append(path) } }
        }
    }

    /// The switches that ``enable(for:routesLoopback:)`` has turned on, as paths below `/proc/sys`.
    public var turnedOn: [String] { changed.withLock { $0 } }

    /// Turns off what ``enable(for:routesLoopback:)`` turned on; what went with its bridge is passed over.
    public func restore() async {
        let paths = changed.withLock { paths in
            defer { paths = [] }
            return paths
        }
        await Self.turnOff(paths, in: host)
    }

    /// Turns off what a process turned on that has ended.
    ///
    /// - Parameters:
    ///   - paths: What ``turnedOn`` was there; other paths than those of forwarding switches are passed over.
    ///   - host: The namespace that forwards.
    public static func turnOff(_ paths: [String], in host: NetworkNamespace) async {
        _ = try? await host.run { turnOffHere(paths) }
    }

    /// The same on a thread that is in the host's namespace.
    package static func turnOffHere(_ paths: [String]) {
        for path in paths where path.hasPrefix("/proc/sys/net/ipv") && !path.contains("..") {
            try? ForwardingSwitch.turnOff(path)
        }
    }
}
