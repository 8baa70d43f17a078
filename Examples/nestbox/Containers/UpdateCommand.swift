// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `update`.
struct UpdateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Change the limits of containers, at once if they run.",
        discussion: """
            Example:
              nestbox update --memory 256m --cpus 0.5 web
            """
    )

    @OptionGroup var engine: EngineOptions

    @Option(name: [.short, .long], parsing: .unconditional, help: "Limit memory, such as 64m or 1.5g.")
    var memory: String?

    @Option(parsing: .unconditional, help: "Limit processor time, such as 1.5 processors.")
    var cpus: Double?

    @Option(name: .customLong("pids-limit"), parsing: .unconditional, help: "Limit processes and threads.")
    var pidsLimit: Int64?

    @Option(help: "Start the program again when it has ended: no, on-failure[:TIMES], always, unless-stopped.")
    var restart: String?

    @Argument(help: "The containers, by name or identifier.")
    var containers: [String]

    func validate() throws {
        guard memory != nil || cpus != nil || pidsLimit != nil || restart != nil else {
            throw ValidationError("nothing is to be changed: give --memory, --cpus, --pids-limit or --restart")
        }
    }

    func run() async throws {
        let limits = ContainerLimits(
            memory: try memory.map { try ByteCount.parse($0) },
            processors: cpus,
            processes: pidsLimit
        )
        let policy = try restart.map { try RestartPolicy($0) }
        let nestbox = try await engine.open()
        try await Each.perform(on: containers) { try nestbox.update($0, limits: limits, restart: policy) }
    }
}
