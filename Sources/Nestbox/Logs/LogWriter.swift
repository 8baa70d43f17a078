// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
internal import Synchronization
internal import SystemPackage

/// Keeps a container's output in its log file.
final class LogWriter: Sendable {
    private let descriptor: CInt
    private let splitters = Mutex<[OutputStream: LogSplitter]>([:])

    /// Opens the log, or makes it.
    ///
    /// - Parameter path: The log; it is appended to.
    /// - Throws: ``SystemFailure``.
    init(_ path: FilePath) throws(SystemFailure) {
        descriptor = open(path.string, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .last("open", path) }
    }

    deinit {
        close(descriptor)
    }

    /// Keeps what was written to a stream.
    ///
    /// A full disk loses output but stops nobody.
    func write(_ bytes: [UInt8], to stream: OutputStream) {
        splitters.withLock { splitters in
            append(splitters[stream, default: LogSplitter()].take(bytes), to: stream)
        }
    }

    /// Keeps what the streams ended with.
    func finish() {
        splitters.withLock { splitters in
            for stream in [OutputStream.standardOutput, .standardError] {
                if let rest = splitters[stream]?.finish() { append([rest], to: stream) }
            }
        }
    }

    private func append(_ pieces: [[UInt8]], to stream: OutputStream) {
        guard !pieces.isEmpty else { return }
        let time = Moment.now().description
        var lines: [UInt8] = []
        for piece in pieces {
            lines += LogEntry(text: String(decoding: piece, as: UTF8.self), stream: stream, time: time).line
        }
        _ = try? FileDescriptor(rawValue: descriptor).writeAll(lines)
    }
}
