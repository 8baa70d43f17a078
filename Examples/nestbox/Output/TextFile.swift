// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import SystemPackage

/// A small file that a flag names.
enum TextFile {
    private static let limit = 4 << 20

    /// Reads the whole file as text.
    ///
    /// - Throws: `ValidationError` for a file that can't be read or is too large to be meant.
    static func read(_ path: String) throws -> String {
        var bytes: [UInt8] = []
        do {
            let file = try FileDescriptor.open(HostPath.absolute(path), .readOnly, options: .closeOnExec)
            try file.closeAfter {
                var chunk = [UInt8](repeating: 0, count: 16 << 10)
                while bytes.count <= limit {
                    let count = try chunk.withUnsafeMutableBytes { try file.read(into: $0) }
                    if count == 0 { break }
                    bytes += chunk[..<count]
                }
            }
        } catch {
            throw ValidationError("the file '\(path)' can't be read: \(error)")
        }
        guard bytes.count <= limit else { throw ValidationError("the file '\(path)' is larger than 4 MiB") }
        return String(decoding: bytes, as: UTF8.self)
    }
}
