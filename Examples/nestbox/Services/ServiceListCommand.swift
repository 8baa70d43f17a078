// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `service ls`.
struct ServiceListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List services.",
        discussion: """
            Example:
              nestbox service ls
            """,
        aliases: ["list"]
    )

    @OptionGroup var engine: EngineOptions

    @Flag(name: [.short, .long], help: "Print names only.")
    var quiet = false

    @Option(help: "table or json.")
    var format = ListFormat.table

    func run() async throws {
        let nestbox = try await engine.open()
        let lines = try nestbox.services().map { service in
            ServiceLine(service, running: try nestbox.replicas(of: service.name).filter(\.isRunning).count)
        }
        if quiet {
            for line in lines { print(line.Name) }
        } else if format == .json {
            try JSONOutput.lines(lines)
        } else {
            var table = Table("NAME", "MODE", "REPLICAS", "IMAGE", "PORTS")
            for line in lines { table.add(line.Name, line.Mode, line.Replicas, line.Image, line.Ports) }
            table.show()
        }
    }
}
