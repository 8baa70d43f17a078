// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Glibc
import SystemPackage

/// Variables from a file, one in a line, as `--env-file` takes them.
enum EnvironmentFile {
    /// Reads the file; empty lines and those that begin with `#` are passed over.
    static func read(_ path: String) throws -> [String] {
        let text: String
        do {
            let file = try FileDescriptor.open(HostPath.absolute(path), .readOnly, options: .closeOnExec)
            text = try file.closeAfter { String(decoding: try readAll(file), as: UTF8.self) }
        } catch {
            throw ValidationError("the file '\(path)' can't be read: \(error)")
        }
        return text.split(whereSeparator: \.isNewline)
            .filter { !$0.allSatisfy(\.isWhitespace) && !$0.hasPrefix("#") }
            .compactMap { entry(String($0.drop(while: \.isWhitespace))) }
    }

    /// `NAME=value` as it is; `NAME` with the value that this process has, or nothing if it has none.
    static func entry(_ text: String) -> String? {
        if text.contains("=") { return text }
        return getenv(text).map { "\(text)=\(String(cString: $0))" }
    }

    private static func readAll(_ file: FileDescriptor) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = try chunk.withUnsafeMutableBytes { try file.read(into: $0) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }
}
