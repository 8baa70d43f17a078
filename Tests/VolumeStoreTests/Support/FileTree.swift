// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Foundation
import Glibc
import SystemPackage

/// Files for tests.
enum FileTree {
    static func withTemporaryDirectory(_ body: (FilePath) async throws -> Void) async throws {
        var template = Array("/var/tmp/volume-store-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        let path = FilePath(String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
        // SQLite may still be closing its files, and rm does not mind when one goes away under it.
        defer { _ = try? run("/bin/rm", "-rf", path.string) }
        try await body(path)
    }

    static func write(_ text: String, to path: FilePath) throws {
        let file = try FileDescriptor.open(
            path,
            .writeOnly,
            options: [.create, .truncate],
            permissions: .init(rawValue: 0o644)
        )
        defer { try? file.close() }
        try file.writeAll(text.utf8)
    }

    static func read(_ path: FilePath) throws -> String {
        let file = try FileDescriptor.open(path, .readOnly)
        defer { try? file.close() }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }

    static func make(_ path: FilePath, mode: mode_t = 0o755) throws {
        guard mkdir(path.string, mode) == 0, chmod(path.string, mode) == 0 else { throw Errno(rawValue: errno) }
    }

    static func names(in path: FilePath) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path.string)) ?? []).sorted()
    }

    static func exists(_ path: FilePath) -> Bool {
        var status = stat()
        return lstat(path.string, &status) == 0
    }

    static func status(_ path: FilePath) throws -> stat {
        var status = stat()
        guard lstat(path.string, &status) == 0 else { throw Errno(rawValue: errno) }
        return status
    }

    /// Runs a program of the system and returns what it printed.
    @discardableResult
    static func run(_ program: String, _ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Errno(rawValue: process.terminationStatus) }
        return String(decoding: data, as: UTF8.self)
    }
}
