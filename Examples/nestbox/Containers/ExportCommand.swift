// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox
import SystemPackage

/// The command `export`.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a container's files to a tar archive.",
        discussion: """
            Example:
              nestbox export -o web.tar web
            """
    )

    @OptionGroup var engine: EngineOptions

    @Option(name: [.short, .long], help: "The file to write, in place of standard output.")
    var output: String?

    @Argument(help: "The container, by name or identifier.")
    var container: String

    func run() async throws {
        let nestbox = try await engine.open()
        if let output {
            try await nestbox.export(container, to: HostPath.absolute(output))
        } else {
            try StandardStreams.refuseTerminalOutput()
            try await nestbox.export(container, into: .standardOutput)
        }
    }
}
