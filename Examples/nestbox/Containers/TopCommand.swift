// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ContainerKit
import Nestbox

/// The command `top`.
struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "List a container's processes.",
        discussion: """
            Example:
              nestbox top web
            """
    )

    @OptionGroup var engine: EngineOptions

    @Option(help: "table or json.")
    var format = ListFormat.table

    @Argument(help: "The container, by name or identifier.")
    var container: String

    func run() async throws {
        let lines = try await engine.open().processes(of: container).map(ProcessLine.init)
        if format == .json { return try JSONOutput.lines(lines) }
        var table = Table("UID", "PID", "PPID", "STATE", "RSS", "TIME", "CMD")
        for line in lines { table.add(line.UID, line.PID, line.PPID, line.State, line.RSS, line.Time, line.Command) }
        table.show()
    }
}

/// A process as `top` shows it.
struct ProcessLine: Encodable {
    let UID: String
    let PID: String
    let PPID: String
    let State: String
    let RSS: String
    let Time: String
    let Command: String

    init(_ process: ProcessInformation) {
        UID = "\(process.user)"
        PID = "\(process.identifier)"
        PPID = "\(process.parent)"
        State = String(process.state)
        RSS = ByteText.text(Int64(clamping: process.residentBytes))
        let seconds = process.processorTime.components.seconds
        Time = "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)"
        // What the container chose may hold anything; a terminal is not to obey it.
        let text = process.arguments.isEmpty ? "[\(process.name)]" : process.arguments.joined(separator: " ")
        Command = String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "?" : Character($0) })
    }
}
