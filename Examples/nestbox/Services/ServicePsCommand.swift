// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `service ps`.
struct ServicePsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ps",
        abstract: "List a service's containers.",
        discussion: """
            Example:
              nestbox service ps web
            """
    )

    @OptionGroup var engine: EngineOptions

    @Flag(name: [.short, .long], help: "Print identifiers only.")
    var quiet = false

    @Option(help: "table or json.")
    var format = ListFormat.table

    @Argument(help: "The service.")
    var service: String

    func run() async throws {
        let lines = try await engine.open().replicas(of: service).map { ContainerLine($0) }
        if quiet {
            for line in lines { print(line.ID) }
        } else if format == .json {
            try JSONOutput.lines(lines)
        } else {
            var table = Table("ID", "NAME", "IMAGE", "STATUS")
            for line in lines { table.add(line.ID, line.Names, line.Image, line.Status) }
            table.show()
        }
    }
}
