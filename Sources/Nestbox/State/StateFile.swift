// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import FoundationEssentials
internal import Glibc
internal import SystemPackage

/// A value kept as JSON in a file that is, after a crash at any moment, either the old one or the new one, whole.
struct StateFile<Value: Codable> {
    let path: FilePath

    /// Reads the value.
    ///
    /// - Throws: ``NestboxError`` of code `state`, or ``SystemFailure`` if there is no such file.
    func read() throws -> Value {
        let file = try Self.open(path, O_RDONLY, 0)
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemFailure.last("read", path) }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        do {
            return try JSONDecoder().decode(Value.self, from: Data(bytes))
        } catch {
            throw NestboxError(.state, "'\(path)' is damaged and can't be read", cause: error)
        }
    }

    /// Writes the value to a file beside, syncs it and puts it in place, and syncs the directory.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - isDurable: Whether it must outlast a power failure; what only matters while processes live need not.
    /// - Throws: ``NestboxError`` or ``SystemFailure``; the old value stays then.
    func write(_ value: Value, isDurable: Bool = true) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes = Array(try encoder.encode(value))
        let fresh = FilePath(path.string + ".new")
        let file = try Self.open(fresh, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        do {
            defer { close(file) }
            _ = try FileDescriptor(rawValue: file).writeAll(bytes)
            guard !isDurable || fsync(file) == 0 else { throw SystemFailure.last("fsync", fresh) }
        }
        guard rename(fresh.string, path.string) == 0 else { throw SystemFailure.last("rename", path) }
        if isDurable { try Directory(path.removingLastComponent()).sync() }
    }

    private static func open(_ path: FilePath, _ flags: CInt, _ mode: mode_t) throws(SystemFailure) -> CInt {
        let descriptor = Glibc.open(path.string, flags | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw .last("open", path) }
        return descriptor
    }
}
