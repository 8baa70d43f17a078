// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox
import SystemPackage

/// The command `logs`.
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Print what a container has written.",
        discussion: """
            Examples:
              nestbox logs --tail 20 --timestamps web
              nestbox logs -f --since 10m web
            """
    )

    @OptionGroup var engine: EngineOptions

    @Flag(name: [.short, .long], help: "Go on until the container has ended.")
    var follow = false

    @Flag(name: [.short, .long], help: "Print the time before each line.")
    var timestamps = false

    @Option(name: [.customShort("n"), .long], help: "Begin with so many of the last lines; all by default.")
    var tail: String = "all"

    @Option(help: "Begin with what was written after a moment: RFC 3339, seconds since 1970, or so long ago, as 10m.")
    var since: String?

    @Option(help: "End with what was written before a moment, in the same forms.")
    var until: String?

    @Option(help: "text, or json for an object in each line.")
    var format = LogFormat.text

    @Argument(help: "The container, by name or identifier.")
    var container: String

    func validate() throws { try Self.check(tail: tail) }

    /// - Throws: `ValidationError` if it is neither a number nor `all`.
    static func check(tail: String) throws {
        guard tail == "all" || Int(tail).map({ $0 >= 0 }) == true else {
            throw ValidationError("--tail takes a number or 'all', not '\(tail)'")
        }
    }

    func run() async throws {
        let selection = LogSelection(
            tail: Int(tail),
            since: try since.map(MomentText.read),
            until: try until.map(MomentText.read),
            follows: follow
        )
        let logs = try await engine.open().logs(container, selection)
        for try await entry in logs {
            if format == .json {
                try LogLine(entry).write()
                continue
            }
            let target: FileDescriptor = entry.stream == .standardOutput ? .standardOutput : .standardError
            let text = timestamps ? "\(entry.time) \(entry.text)" : entry.text
            try target.writeAll(text.utf8)
        }
    }
}
