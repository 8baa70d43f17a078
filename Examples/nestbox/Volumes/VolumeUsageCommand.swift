// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox
import VolumeStore

/// The command `volume usage`.
struct VolumeUsageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage",
        abstract: "Print how much volumes hold.",
        discussion: """
            Example:
              nestbox volume usage content
            """,
        aliases: ["df"]
    )

    @OptionGroup var engine: EngineOptions

    @Option(help: "table, json, or metrics for OpenMetrics text.")
    var format = Format.table

    @Argument(help: "The volumes; all by default.")
    var volumes: [String] = []

    /// How it is printed.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table
        case json
        case metrics
    }

    func run() async throws {
        let store = try await engine.open().volumes
        var report = VolumeUsageReport()
        if volumes.isEmpty {
            report = try await store.usageReport()
        } else {
            for name in volumes { report.add(try await store.volume(named: name), try await store.usage(of: name)) }
        }
        switch format {
        case .metrics: print(report.openMetrics, terminator: "")
        case .json: try JSONOutput.lines(report.entries.map { Line($0) })
        case .table:
            var table = Table("VOLUME NAME", "SIZE", "FILES", "LIMIT")
            for entry in report.entries {
                let limit = entry.usage.limit.map { ByteText.text($0) } ?? "-"
                table.add(entry.volume.name, ByteText.text(entry.usage.bytes), "\(entry.usage.inodes)", limit)
            }
            table.show()
        }
    }

    /// A volume's usage as JSON.
    private struct Line: Encodable {
        let Name: String
        let Bytes: Int64
        let Inodes: Int64
        let Limit: Int64?

        init(_ entry: VolumeUsageReport.Entry) {
            Name = entry.volume.name
            Bytes = entry.usage.bytes
            Inodes = entry.usage.inodes
            Limit = entry.usage.limit
        }
    }
}
