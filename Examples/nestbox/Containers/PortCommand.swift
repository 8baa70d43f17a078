// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ContainerNetwork
import Nestbox

/// The command `port`.
struct PortCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "port",
        abstract: "Print where a container's ports are reachable.",
        discussion: """
            Examples:
              nestbox port web 80
              nestbox port --format json web
            """
    )

    @OptionGroup var engine: EngineOptions

    @Option(help: "table or json.")
    var format = ListFormat.table

    @Argument(help: "The container, by name or identifier.")
    var container: String

    @Argument(help: "One port of the container, such as 80 or 53/udp; all by default.")
    var port: String?

    func run() async throws {
        let record = try await engine.open().container(container)
        let ports = record.isRunning ? record.ports : []
        let wanted = try port.map(Self.wanted)
        let found = ports.filter { wanted == nil || wanted == Self.name($0) }
        if let wanted, found.isEmpty {
            throw ValidationError("port '\(wanted)' of container '\(record.name)' is not published")
        }
        if format == .json { return try JSONOutput.lines(found.map(PortLine.init)) }
        for port in found {
            let address = port.hostAddress.contains(":") ? "[\(port.hostAddress)]" : port.hostAddress
            let target = "\(address):\(port.hostPort)"
            print(wanted == nil ? "\(Self.name(port)) -> \(target)" : target)
        }
    }

    /// Reads `80` or `53/udp`.
    private static func wanted(_ text: String) throws -> String {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let number = UInt16(parts[0]), number > 0, parts.count <= 2,
            let transport = TransportProtocol(rawValue: parts.count > 1 ? parts[1].lowercased() : "tcp")
        else { throw ValidationError("'\(text)' is no port of a container, such as 80 or 53/udp") }
        return "\(number)/\(transport.rawValue)"
    }

    /// A container's port as it is written: `80/tcp`.
    fileprivate static func name(_ port: PublishedPort) -> String {
        "\(port.containerPort)/\(port.transport.rawValue)"
    }
}

/// A published port, with the names that `inspect` gives its members.
private struct PortLine: Encodable {
    let Port: String
    let HostIp: String
    let HostPort: String

    init(_ port: PublishedPort) {
        Port = PortCommand.name(port)
        HostIp = port.hostAddress
        HostPort = "\(port.hostPort)"
    }
}
