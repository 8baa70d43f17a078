// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `wait`.
struct WaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Wait until containers have ended, and print their exit codes.",
        discussion: """
            Example:
              nestbox wait job
            """
    )

    @OptionGroup var engine: EngineOptions

    @Argument(help: "The containers, by name or identifier.")
    var containers: [String]

    func run() async throws {
        let nestbox = try await engine.open()
        for container in containers { print(try await nestbox.wait(container)) }
    }
}
