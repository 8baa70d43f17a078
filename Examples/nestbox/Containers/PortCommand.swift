// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ContainerNetwork
import Nestbox

/// The command `port`.
struct PortCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "port",
        abstract: "Print where a container's ports are reachable."
    )

    @OptionGroup var engine: EngineOptions

    @Argument(help: "The container, by name or identifier.")
    var container: String

    @Argument(help: "One port of the container, such as 80 or 53/udp; all by default.")
    var port: String?

    func run() async throws {
        let record = try await engine.open().container(container)
        let ports = record.isRunning ? record.ports : []
        let wanted = port.map { $0.contains("/") ? $0 : $0 + "/tcp" }
        let found = ports.filter { wanted == nil || wanted == Self.name($0) }
        if let wanted, found.isEmpty {
            throw ValidationError("port \(wanted) of container '\(record.name)' is not published")
        }
        for port in found {
            let address = port.hostAddress.contains(":") ? "[\(port.hostAddress)]" : port.hostAddress
            let target = "\(address):\(port.hostPort)"
            print(wanted == nil ? "\(Self.name(port)) -> \(target)" : target)
        }
    }

    private static func name(_ port: PublishedPort) -> String { "\(port.containerPort)/\(port.transport.rawValue)" }
}
