// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `inspect`.
struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Print what there is to know about containers, as JSON.",
        discussion: """
            Example:
              nestbox inspect --format json web
            """
    )

    @OptionGroup var engine: EngineOptions

    @Option(name: [.short, .long], help: "pretty, or json for a single line.")
    var format = InspectionFormat.pretty

    @Argument(help: "The containers, by name or identifier.")
    var containers: [String]

    func run() async throws {
        let nestbox = try await engine.open()
        let networks = try nestbox.networks()
        try await Each.list(containers, format) { name in
            let record = try nestbox.container(name)
            let endpoints = try nestbox.endpoints(ofContainer: record.identifier)
            return ContainerInspection(record, endpoints: endpoints, networks: networks)
        }
    }
}
