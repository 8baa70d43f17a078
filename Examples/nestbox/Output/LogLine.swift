// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import FoundationEssentials
import Nestbox
import SystemPackage

/// How a log is printed.
enum LogFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
}

/// A line of a log, with the names of Docker's json-file driver.
struct LogLine: Encodable {
    let log: String
    let stream: String
    let time: String
    /// Whose it is, where several write.
    let container: String?

    init(_ entry: LogEntry, of container: String? = nil) {
        log = entry.text
        stream = entry.stream.rawValue
        time = entry.time
        self.container = container
    }

    /// Prints the line, by one write, so that lines of several containers do not mix.
    func write() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try FileDescriptor.standardOutput.writeAll(Array(try encoder.encode(self)) + [UInt8(ascii: "\n")])
    }
}
