// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
internal import Synchronization
internal import SystemPackage

/// Keeps a container's output in its log files: `output.log`, and `output.log.1` and so on for what came before.
final class LogWriter: Sendable {
    private struct State {
        var descriptor: CInt
        var size: Int64
        var splitters: [OutputStream: LogSplitter] = [:]
    }

    private let path: FilePath
    private let limits: LogLimits
    private let state: Mutex<State>

    /// Opens the log, or makes it.
    ///
    /// - Parameters:
    ///   - path: The log; it is appended to.
    ///   - limits: How much of it is kept.
    /// - Throws: ``SystemFailure``.
    init(_ path: FilePath, limits: LogLimits = LogLimits()) throws(SystemFailure) {
        self.path = path
        self.limits = limits
        let descriptor = try Self.open(path)
        state = Mutex(State(descriptor: descriptor, size: Int64(lseek(descriptor, 0, SEEK_END))))
    }

    deinit {
        close(state.withLock { $0.descriptor })
    }

    /// Keeps what was written to a stream.
    ///
    /// A full disk loses output but stops nobody.
    func write(_ bytes: [UInt8], to stream: OutputStream) {
        state.withLock { state in
            let pieces = state.splitters[stream, default: LogSplitter()].take(bytes)
            append(pieces, to: stream, &state)
        }
    }

    /// Keeps what the streams ended with.
    func finish() {
        state.withLock { state in
            for stream in [OutputStream.standardOutput, .standardError] {
                if let rest = state.splitters[stream]?.finish() { append([rest], to: stream, &state) }
            }
        }
    }

    private func append(_ pieces: [[UInt8]], to stream: OutputStream, _ state: inout State) {
        guard !pieces.isEmpty else { return }
        let time = Moment.now().description
        var lines: [UInt8] = []
        for piece in pieces {
            let line = LogEntry(text: String(decoding: piece, as: UTF8.self), stream: stream, time: time).line
            if let most = limits.size, state.size + Int64(lines.count + line.count) > most,
                state.size + Int64(lines.count) > 0
            {
                flush(&lines, &state)
                rotate(&state)
            }
            lines += line
        }
        flush(&lines, &state)
    }

    private func flush(_ lines: inout [UInt8], _ state: inout State) {
        if (try? FileDescriptor(rawValue: state.descriptor).writeAll(lines)) != nil { state.size += Int64(lines.count) }
        lines = []
    }

    /// Begins the next file; the oldest goes.
    private func rotate(_ state: inout State) {
        if limits.files > 1 {
            for number in stride(from: limits.files - 1, through: 1, by: -1) {
                let older = number == 1 ? path.string : "\(path).\(number - 1)"
                rename(older, "\(path).\(number)")
            }
        } else {
            unlink(path.string)
        }
        // Without a new file the old one, which has another name now, goes on.
        guard let next = try? Self.open(path) else { return }
        close(state.descriptor)
        state.descriptor = next
        state.size = 0
    }

    private static func open(_ path: FilePath) throws(SystemFailure) -> CInt {
        let descriptor = Glibc.open(path.string, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .last("open", path) }
        return descriptor
    }
}
