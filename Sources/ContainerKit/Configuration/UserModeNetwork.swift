// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// A container's connection to the host's network by a program that needs no rights: `pasta(1)` of the package `passt`.
///
/// It gives the container's network namespace an interface with the host's address and carries what goes through it in
/// sockets of its own. It ends when the namespace is gone. For containers of processes without root; others have
/// networks by `ContainerNetwork`.
public struct UserModeNetwork: Hashable, Sendable {
    /// A port of the host that leads to one of the container.
    public struct Port: Hashable, Sendable {
        /// The transport.
        public enum Transport: Hashable, Sendable {
            /// TCP.
            case tcp
            /// UDP.
            case udp
        }

        /// The port on the host; those below 1024 need rights, too.
        public var host: UInt16
        /// The port in the container.
        public var container: UInt16
        /// The transport.
        public var transport: Transport
        /// The address of the host that the port is at; every one where `nil`.
        public var address: String?

        /// Creates a port.
        ///
        /// - Parameters:
        ///   - host: The port on the host.
        ///   - container: The port in the container.
        ///   - transport: The transport.
        ///   - address: The address of the host that the port is at; every one where `nil`.
        public init(host: UInt16, container: UInt16, transport: Transport = .tcp, address: String? = nil) {
            self.host = host
            self.container = container
            self.transport = transport
            self.address = address
        }
    }

    /// The program.
    public var program: FilePath

    /// The ports that lead to the container.
    public var ports: [Port]

    /// Whether the container reaches what listens on the host's loopback, at the address of its gateway.
    ///
    /// Not by default.
    public var reachesHostLoopback: Bool

    /// Creates a connection.
    ///
    /// - Parameters:
    ///   - program: `pasta`, where it is installed.
    ///   - ports: The ports that lead to the container.
    ///   - reachesHostLoopback: Whether the container reaches what listens on the host's loopback.
    public init(program: FilePath = "/usr/bin/pasta", ports: [Port] = [], reachesHostLoopback: Bool = false) {
        self.program = program
        self.ports = ports
        self.reachesHostLoopback = reachesHostLoopback
    }

    /// The program's arguments for the namespaces of a process.
    func arguments(for processIdentifier: Int32) -> [String] {
        var arguments = [program.string, "--foreground", "--config-net", "--quiet", "--pid", "/proc/self/fd/1"]
        if !reachesHostLoopback { arguments.append("--no-map-gw") }
        arguments += specification("--tcp-ports", .tcp) + specification("--udp-ports", .udp)
        // Nothing of the host's own loopback appears on the container's.
        arguments += ["--tcp-ns", "none", "--udp-ns", "none"]
        let namespaces = "/proc/\(processIdentifier)/ns"
        return arguments + ["--netns", "\(namespaces)/net", "--userns", "\(namespaces)/user"]
    }

    private func specification(_ option: String, _ transport: Port.Transport) -> [String] {
        let own = ports.filter { $0.transport == transport }
        if own.isEmpty { return [option, "none"] }
        return own.flatMap { port in
            [option, (port.address.map { $0 + "/" } ?? "") + "\(port.host):\(port.container)"]
        }
    }

    func validate(_ namespaces: Namespaces) throws(ContainerError) {
        try program.requireAbsolute("program of the user-mode network")
        if namespaces.network != .new {
            throw .invalid("user-mode network", "needs a network namespace of the container's own")
        }
        if namespaces.entersBeforeMaking {
            throw .invalid("user-mode network", "can't be had together with joined user or process namespaces")
        }
        for port in ports {
            if port.host == 0 || port.container == 0 {
                throw .invalid("port \(port.host):\(port.container)", "must be above 0")
            }
            let isAddress = port.address?.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                    UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "."), UInt8(ascii: ":"):
                    true
                default: false
                }
            }
            if isAddress == false {
                throw .invalid("address '\(port.address ?? "")'", "must be an address in numbers")
            }
        }
    }
}
