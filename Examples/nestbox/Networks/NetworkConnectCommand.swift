// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `network connect`.
struct NetworkConnectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connect",
        abstract: "Connect a running container to one more network.",
        discussion: """
            Example:
              nestbox network connect --alias db backend postgres
            """
    )

    @OptionGroup var engine: EngineOptions

    @Option(help: "A further name by which others find it there.")
    var alias: [String] = []

    @Option(help: "The container's IPv4 address.")
    var ip: String?

    @Option(help: "The container's IPv6 address.")
    var ip6: String?

    @Argument(help: "The network.")
    var network: String

    @Argument(help: "The container, by name or identifier.")
    var container: String

    func run() async throws {
        let addresses = try [ip, ip6].compactMap(\.self).map(NetworkFlags.address)
        try await engine.open().connect(container, to: network, aliases: alias, addresses: addresses)
    }
}
