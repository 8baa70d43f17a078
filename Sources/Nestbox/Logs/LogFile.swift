// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
internal import SystemPackage

/// An open log, read line by line.
///
/// Used by one iterator only.
final class LogFile {
    private static let chunkSize = 64 << 10

    private let path: FilePath
    private let descriptor: CInt
    private var buffer: ArraySlice<UInt8> = []

    /// Opens the log.
    ///
    /// - Parameter path: The log.
    /// - Throws: ``NestboxError`` of code `state`.
    init(_ path: FilePath) throws {
        self.path = path
        descriptor = open(path.string, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            throw NestboxError(.state, "the container has no log", cause: SystemFailure.last("open", path))
        }
    }

    deinit {
        close(descriptor)
    }

    /// Goes to where the last lines begin.
    ///
    /// - Returns: How many lines there are from there on, at most as many as were asked for.
    func seek(toLast count: Int) throws -> Int {
        var wanted = count
        var position = Int(lseek(descriptor, 0, SEEK_END))
        var start = position
        var chunk = [UInt8](repeating: 0, count: Self.chunkSize)
        while position > 0, wanted >= 0 {
            let size = min(position, Self.chunkSize)
            position -= size
            let read = chunk.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, size, off_t(position)) }
            guard read == size else { break }
            for index in stride(from: size - 1, through: 0, by: -1) where chunk[index] == UInt8(ascii: "\n") {
                wanted -= 1
                if wanted >= 0 { continue }
                start = position + index + 1
                break
            }
        }
        lseek(descriptor, off_t(wanted >= 0 ? 0 : start), SEEK_SET)
        return count - max(0, wanted)
    }

    /// The next line that is complete; `nil` if there is none yet.
    func nextLine() throws -> ArraySlice<UInt8>? {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                defer { buffer = buffer[(end + 1)...] }
                return buffer[..<end]
            }
            var chunk = [UInt8](repeating: 0, count: Self.chunkSize)
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw NestboxError(.state, "the log can't be read", cause: SystemFailure.last("read", path))
            }
            if count == 0 { return nil }
            buffer = Array(buffer)[...] + chunk[..<count]
        }
    }
}
