// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `network disconnect`.
struct NetworkDisconnectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disconnect",
        abstract: "Take a container off a network.",
        discussion: """
            Example:
              nestbox network disconnect backend postgres
            """
    )

    @OptionGroup var engine: EngineOptions

    @Argument(help: "The network.")
    var network: String

    @Argument(help: "The container, by name or identifier.")
    var container: String

    func run() async throws {
        try await engine.open().disconnect(container, from: network)
    }
}
