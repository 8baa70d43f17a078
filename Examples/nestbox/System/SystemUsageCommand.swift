// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `system df`.
struct SystemUsageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "df",
        abstract: "Say what takes space.",
        discussion: """
            Example:
              nestbox system df --format json
            """
    )

    @OptionGroup var engine: EngineOptions

    @Option(help: "table or json.")
    var format = ListFormat.table

    func run() async throws {
        let usage = try await engine.open().usage()
        let lines = [
            UsageLine("Images", usage.images), UsageLine("Containers", usage.containers),
            UsageLine("Local Volumes", usage.volumes),
        ]
        if format == .json { return try JSONOutput.lines(lines) }
        var table = Table("TYPE", "TOTAL", "ACTIVE", "SIZE", "RECLAIMABLE")
        for line in lines { table.add(line.`Type`, line.TotalCount, line.Active, line.Size, line.Reclaimable) }
        table.show()
    }
}

/// A kind of thing as `system df` shows it.
struct UsageLine: Encodable {
    let `Type`: String
    let TotalCount: String
    let Active: String
    let Size: String
    let Reclaimable: String

    init(_ name: String, _ usage: DiskUsage.Part) {
        `Type` = name
        TotalCount = "\(usage.count)"
        Active = "\(usage.active)"
        Size = ByteText.text(usage.bytes)
        Reclaimable = ByteText.text(usage.reclaimable)
    }
}
