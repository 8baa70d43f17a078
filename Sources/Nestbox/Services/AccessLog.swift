// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import BalancerProxy
internal import Synchronization
internal import SystemPackage

/// The requests that a service's ports have served: kept in a file, and told to the embedding program if it wants that.
///
/// A proxy's thread only puts a request down; the file is written by a task of the service.
final class AccessLog: Sendable {
    private struct State {
        var lines: [UInt8] = []
        var lost = 0
    }

    /// So many bytes wait at most, should the disk stand still; what is beyond is counted.
    private static let capacity = 4 << 20

    private let observer: (@Sendable (HTTPAccessRecord) -> Void)?
    private let writer: LogWriter?
    private let state = Mutex(State())

    /// - Parameters:
    ///   - path: The file; none where `nil`.
    ///   - observer: Is told each request, on a thread that it must not hold up.
    /// - Throws: ``SystemFailure``.
    init(_ path: FilePath?, observer: (@Sendable (HTTPAccessRecord) -> Void)?) throws(SystemFailure) {
        self.observer = observer
        guard let path else {
            writer = nil
            return
        }
        writer = try LogWriter(path, limits: LogLimits(size: 64 << 20, files: 2))
    }

    /// Takes note of a request.
    func note(_ record: HTTPAccessRecord) {
        observer?(record)
        guard writer != nil else { return }
        let line = AccessLine(record).text.utf8
        state.withLock { state in
            guard state.lines.count + line.count <= Self.capacity else {
                state.lost += 1
                return
            }
            state.lines += line
        }
    }

    /// Writes what was noted, until the task is cancelled.
    func write() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(200))
            flush()
        }
    }

    /// Writes what was noted.
    func flush() {
        let (lines, lost) = state.withLock { state in
            defer { state = State() }
            return (state.lines, state.lost)
        }
        if !lines.isEmpty { writer?.write(lines, to: .standardOutput) }
        if lost > 0 {
            writer?.write(Array("\(lost) requests were not logged: the disk was too slow\n".utf8), to: .standardError)
        }
    }
}
