// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `service metrics`.
struct ServiceMetricsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Print what was done at a service's ports, as Prometheus reads it.",
        discussion: """
            The figures are a second old at most. service create --metrics serves them by HTTP.

            Examples:
              nestbox service metrics web
              nestbox service metrics web > /var/lib/node_exporter/web.prom
            """
    )

    @OptionGroup var engine: EngineOptions

    @Argument(help: "The service.")
    var service: String

    func run() async throws {
        print(try await engine.open().metrics(of: service), terminator: "")
    }
}
