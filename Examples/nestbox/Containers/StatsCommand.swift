// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ContainerKit
import Nestbox

/// The command `stats`.
struct StatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Print what running containers use, again and again.",
        discussion: """
            Example:
              nestbox stats --no-stream web
            """
    )

    @OptionGroup var engine: EngineOptions

    @Flag(name: .customLong("no-stream"), help: "Print once.")
    var printsOnce = false

    @Option(help: "table or json.")
    var format = ListFormat.table

    @Argument(help: "The containers; all that run by default.")
    var containers: [String] = []

    func run() async throws {
        let nestbox = try await engine.open()
        var meters: [String: (used: Duration, at: ContinuousClock.Instant)] = [:]
        _ = try sample(nestbox, &meters)
        while true {
            try await Task.sleep(for: .milliseconds(printsOnce ? 250 : 1000))
            let lines = try sample(nestbox, &meters)
            show(lines)
            if printsOnce { return }
        }
    }

    private func sample(
        _ nestbox: Nestbox,
        _ meters: inout [String: (used: Duration, at: ContinuousClock.Instant)]
    ) throws -> [StatsLine] {
        let records =
            containers.isEmpty
            ? try nestbox.containers(includesStopped: false) : try containers.map { try nestbox.container($0) }
        var lines: [StatsLine] = []
        for record in records {
            guard let usage = try? nestbox.usage(of: record.identifier) else {
                // As with Docker: who is asked for by name is shown, and uses nothing.
                if !containers.isEmpty { lines.append(StatsLine(idle: record)) }
                continue
            }
            var share: Double?
            if let used = usage.cpu.used {
                let now = ContinuousClock.now
                if let last = meters[record.identifier], now > last.at {
                    share = (used - last.used) / (now - last.at)
                }
                meters[record.identifier] = (used, now)
            }
            lines.append(StatsLine(record, usage, cpu: share))
        }
        return lines
    }

    private func show(_ lines: [StatsLine]) {
        if format == .json {
            try? JSONOutput.lines(lines)
        } else {
            if StandardOutput.isTerminal, !printsOnce { print("\u{1B}[H\u{1B}[2J", terminator: "") }
            var table = Table("CONTAINER ID", "NAME", "CPU %", "MEM USAGE / LIMIT", "BLOCK I/O", "PIDS")
            for line in lines { table.add(line.ID, line.Name, line.CPUPerc, line.MemUsage, line.BlockIO, line.PIDs) }
            table.show()
        }
        StandardOutput.flush()
    }
}

/// What a container uses, as `stats` shows it.
struct StatsLine: Encodable {
    let ID: String
    let Name: String
    let CPUPerc: String
    let MemUsage: String
    let BlockIO: String
    let PIDs: String

    /// Of one that does not run.
    init(idle record: ContainerRecord) {
        ID = record.shortIdentifier
        Name = record.name
        CPUPerc = "0.00%"
        let none = ByteText.text(0)
        MemUsage = "\(none) / \(none)"
        BlockIO = "\(none) / \(none)"
        PIDs = "0"
    }

    init(_ record: ContainerRecord, _ usage: ResourceUsage, cpu: Double?) {
        ID = record.shortIdentifier
        Name = record.name
        let hundredths = cpu.map { Int(($0 * 10_000).rounded()) }
        CPUPerc = hundredths.map { "\($0 / 100).\($0 % 100 < 10 ? "0" : "")\($0 % 100)%" } ?? "--"
        func text(_ bytes: UInt64?) -> String { bytes.map { ByteText.text(Int64(clamping: $0)) } ?? "--" }
        MemUsage = "\(text(usage.memory.workingSet ?? usage.memory.used)) / \(text(usage.memory.limit))"
        BlockIO = "\(text(usage.io.readBytes)) / \(text(usage.io.writtenBytes))"
        PIDs = usage.pids.current.map(String.init) ?? "--"
    }
}
