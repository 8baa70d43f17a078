// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Foundation

/// A program of the system that is run to its end.
enum Program {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    static func run(_ words: String...) throws {
        try run(words)
    }

    static func run(_ words: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: words[0])
        process.arguments = Array(words.dropFirst())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "\(words.joined(separator: " ")) failed with \(process.terminationStatus)")
        }
    }

    /// Lets a shell run the line.
    static func shell(_ line: String) throws {
        try run("/bin/sh", "-c", line)
    }
}
