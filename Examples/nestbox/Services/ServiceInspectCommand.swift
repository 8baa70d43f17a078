// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `service inspect`.
struct ServiceInspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Print what there is to know about services, as JSON.",
        discussion: """
            Example:
              nestbox service inspect web
            """
    )

    @OptionGroup var engine: EngineOptions

    @Option(name: [.short, .long], help: "pretty, or json for a single line.")
    var format = InspectionFormat.pretty

    @Argument(help: "The services.")
    var services: [String]

    func run() async throws {
        let nestbox = try await engine.open()
        try await Each.list(services, format) { name in
            ServiceInspection(try nestbox.service(name), replicas: try nestbox.replicas(of: name))
        }
    }
}
