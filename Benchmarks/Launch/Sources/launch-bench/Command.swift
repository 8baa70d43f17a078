// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Subprocess
import SystemPackage

/// A program that is run to its end.
struct Command {
    let arguments: [String]

    init(_ arguments: [String]) {
        self.arguments = arguments
    }

    /// Runs the program.
    ///
    /// - Returns: What it wrote to its standard output.
    /// - Throws: ``BenchError`` with what it wrote to its error output if it failed.
    @discardableResult
    func output() async throws -> String {
        let result = try await run(
            executable,
            arguments: Arguments(Array(arguments.dropFirst())),
            output: .string(limit: 16 << 20),
            error: .string(limit: 1 << 20)
        )
        guard result.terminationStatus.isSuccess else {
            throw BenchError("'\(arguments.joined(separator: " "))' failed: \(result.standardError)")
        }
        return result.standardOutput
    }

    /// The program's output as it was written, for what isn't text.
    func bytes() async throws -> [UInt8] {
        let result = try await run(
            executable,
            arguments: Arguments(Array(arguments.dropFirst())),
            output: .bytes(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        )
        guard result.terminationStatus.isSuccess else {
            throw BenchError("'\(arguments.joined(separator: " "))' failed: \(result.standardError)")
        }
        return result.standardOutput
    }

    /// Whether the search path has a program of this name.
    static func exists(_ name: String) async -> Bool {
        (try? await Executable.name(name).resolveExecutablePath(in: .inherit)) != nil
    }

    private var executable: Executable {
        arguments[0].contains("/") ? .path(FilePath(arguments[0])) : .name(arguments[0])
    }
}
