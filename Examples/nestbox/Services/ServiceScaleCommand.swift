// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `service scale`.
struct ServiceScaleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale",
        abstract: "Give services another number of containers: SERVICE=N.",
        discussion: """
            Example:
              nestbox service scale web=5 worker=2
            """
    )

    @OptionGroup var engine: EngineOptions

    @Argument(help: "The services, each with its number.")
    var scales: [String]

    func run() async throws {
        let wishes = try scales.map { text in
            let parts = text.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, let count = Int(parts[1]), count >= 0 else {
                throw ValidationError("'\(text)' is not of the form SERVICE=N")
            }
            return (name: String(parts[0]), count: count)
        }
        let nestbox = try await engine.open()
        for wish in wishes {
            try await nestbox.scaleService(wish.name, to: wish.count)
            print("\(wish.name) scaled to \(wish.count)")
        }
    }
}
