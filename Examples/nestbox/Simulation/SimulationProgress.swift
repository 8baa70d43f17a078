// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import BalancerSimulation
import Glibc
import SystemPackage

/// How far a simulation is, on one line of a terminal that is written over; nothing elsewhere.
struct SimulationProgress: Sendable {
    private let isShown = isatty(2) != 0

    /// Shows that a run has ended.
    func show(_ label: String, _ progress: Comparison.Progress) {
        guard isShown else { return }
        let width = 30
        let filled = width * progress.finished / max(1, progress.total)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        Notice.overwrite("[\(bar)] \(label)\(progress.finished) of \(progress.total), \(progress.policy)")
    }

    /// Takes the line away.
    func finish() {
        if isShown { Notice.overwrite("") }
    }
}

/// What is told beside the results, on standard error.
enum Notice {
    /// Writes a line.
    static func write(_ text: String) {
        _ = try? FileDescriptor.standardError.writeAll("\(text)\n".utf8)
    }

    /// Writes over the present line of a terminal.
    static func overwrite(_ text: String) {
        _ = try? FileDescriptor.standardError.writeAll("\r\u{1B}[K\(text)".utf8)
    }
}
