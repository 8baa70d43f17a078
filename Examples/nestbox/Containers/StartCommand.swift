// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `start`.
struct StartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Start containers that do not run.",
        discussion: """
            Examples:
              nestbox start web
              nestbox start -a job
            """
    )

    @OptionGroup var engine: EngineOptions

    @Flag(
        name: [.short, .long],
        help: "Stay with the container: print its output, pass signals on, end with its code."
    )
    var attach = false

    @Flag(name: [.short, .long], help: "Let the program read this terminal's or pipe's input.")
    var interactive = false

    @Argument(help: "The containers, by name or identifier.")
    var containers: [String]

    func validate() throws {
        guard !(attach || interactive) || containers.count == 1 else {
            throw ValidationError("only one container at a time can be attached to")
        }
    }

    func run() async throws {
        guard attach || interactive else {
            let program = MonitorCommand.program(root: engine.path)
            return try await Each.perform(on: containers) { _ = try await program.start($0) }
        }
        let nestbox = try await engine.open()
        let streams = AttachedRun.streams(readsInput: interactive)
        let container = try await nestbox.start(containers[0], streams: streams)
        try await AttachedRun(nestbox: nestbox, container: container).finish()
    }
}
