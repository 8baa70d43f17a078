// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// Decides on what an endpoint answers to a probe.
struct ProbeReading: ~Copyable {
    /// What is known by now.
    enum Verdict {
        case undecided
        case well(AgentReport?)
        case unwell
    }

    /// So many bytes of an answer are read at most.
    private static let longest = 4096

    private let probe: HealthProbe
    private var bytes = ByteQueue()

    init(_ probe: HealthProbe) {
        self.probe = probe
    }

    /// The connection was made.
    var afterConnect: Verdict { probe.kind == .tcp ? .well(nil) : .undecided }

    /// Takes in bytes of the answer.
    mutating func take(_ more: UnsafeRawBufferPointer, isLast: Bool) -> Verdict {
        if bytes.count < Self.longest { bytes.append(more) }
        switch probe.kind {
        case .tcp: return .well(nil)
        case .http(_, let statuses): return readStatus(statuses, isLast: isLast)
        case .agent: return readAgent(isLast: isLast)
        }
    }

    private func readStatus(_ statuses: ClosedRange<Int>, isLast: Bool) -> Verdict {
        let line = bytes.bytes
        guard line.count >= 12 else { return isLast ? .unwell : .undecided }
        guard line.begins(with: "HTTP/1."), line[8] == ASCII.space, let status = ASCII.decimal(line.part(9..<12)) else {
            return .unwell
        }
        return statuses.contains(Int(status)) ? .well(nil) : .unwell
    }

    private func readAgent(isLast: Bool) -> Verdict {
        let text = bytes.bytes.text
        guard isLast || text.utf8.contains(ASCII.lineFeed) else { return .undecided }
        guard let report = try? AgentReport(reading: text) else { return .unwell }
        return report.health.map { $0 == .up } ?? true ? .well(report) : .unwell
    }
}
