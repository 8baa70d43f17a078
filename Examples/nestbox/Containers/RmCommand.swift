// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `rm`.
struct RmCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Remove containers.",
        discussion: """
            Example:
              nestbox rm -f -v web
            """
    )

    @OptionGroup var engine: EngineOptions

    @Flag(name: [.short, .long], help: "Kill those that run; pass over those that do not exist.")
    var force = false

    @Flag(name: [.short, .long], help: "Remove their anonymous volumes too.")
    var volumes = false

    @Argument(help: "The containers, by name or identifier.")
    var containers: [String]

    func run() async throws {
        let nestbox = try await engine.open()
        try await Each.perform(on: containers) { name in
            do {
                try await nestbox.remove(name, isForced: force, removesVolumes: volumes)
            } catch let error as NestboxError where force && error.code == .containerNotFound {
                return
            }
        }
    }
}
