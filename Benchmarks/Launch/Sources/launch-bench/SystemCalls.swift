// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// Counts the system calls of a launch with `strace`: those of all processes, from the parent's first to the last exit.
struct SystemCalls {
    let workspace: Workspace

    /// How many one launch makes; nil where `strace` is not installed.
    func count(of contender: Contender) async throws -> Int? {
        guard await Command.exists("strace") else { return nil }
        if contender.launched.isEmpty {
            // What the process does once, to start and to end, falls out of the difference.
            let (few, many) = (10, 20)
            let difference = try await total(of: contender, count: many) - total(of: contender, count: few)
            return (difference + (many - few) / 2) / (many - few)
        }
        var traced = contender
        traced.launched = tracer + contender.launched
        try await Command(traced.command(count: 1, inFlight: 1)).output()
        return try readTotal()
    }

    private var file: FilePath { workspace.directory.appending("system-calls") }

    private var tracer: [String] { ["strace", "-f", "-c", "-o", file.string] }

    private func total(of contender: Contender, count: Int) async throws -> Int {
        try await Command(tracer + contender.command(count: count, inFlight: 1)).output()
        return try readTotal()
    }

    /// The fourth column of the summary's last line, which ends in `total`.
    private func readTotal() throws -> Int {
        let descriptor = try FileDescriptor.open(file, .readOnly, options: .closeOnExec)
        let text = try descriptor.closeAfter {
            try String(unsafeUninitializedCapacity: 1 << 16) {
                try descriptor.read(into: UnsafeMutableRawBufferPointer($0))
            }
        }
        let last = text.split(separator: "\n").last { $0.hasSuffix(" total") }
        guard let columns = last?.split(separator: " "), columns.count > 3, let total = Int(columns[3]) else {
            throw BenchError("strace's summary has no total.")
        }
        return total
    }
}
