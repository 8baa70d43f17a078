// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ContainerNetwork
import Nestbox

/// The command `network ls`.
struct NetworkListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List networks.",
        discussion: """
            Example:
              nestbox network ls
            """,
        aliases: ["list"]
    )

    @OptionGroup var engine: EngineOptions

    @Flag(name: [.short, .long], help: "Print identifiers only.")
    var quiet = false

    @Flag(name: .customLong("no-trunc"), help: "Print identifiers in full.")
    var isWhole = false

    @Option(help: "table or json.")
    var format = ListFormat.table

    func run() async throws {
        let lines = try await engine.open().networks().map { NetworkLine($0, truncates: !isWhole) }
        if quiet {
            for line in lines { print(line.ID) }
        } else if format == .json {
            try JSONOutput.lines(lines)
        } else {
            var table = Table("NETWORK ID", "NAME", "DRIVER", "SUBNETS")
            for line in lines { table.add(line.ID, line.Name, line.Driver, line.Subnets) }
            table.show()
        }
    }
}

/// A network as `network ls` shows it.
struct NetworkLine: Encodable {
    let ID: String
    let Name: String
    let Driver: String
    let Scope: String
    let Internal: String
    let IPv6: String
    let Subnets: String
    let CreatedAt: String
    let Labels: String

    init(_ network: NetworkRecord, truncates: Bool) {
        ID = truncates ? network.shortIdentifier : network.identifier
        Name = network.name
        Driver = "bridge"
        Scope = "local"
        Internal = "\(network.isInternal)"
        IPv6 = "\(network.hasIPv6)"
        Subnets = network.subnets.map { "\($0.network)/\($0.length)" }.joined(separator: ", ")
        CreatedAt = network.createdAt.description
        Labels = network.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }
}
