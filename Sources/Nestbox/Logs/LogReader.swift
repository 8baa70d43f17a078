// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import FoundationEssentials
internal import Glibc
internal import SystemPackage

/// The entries of a container's log, from some point on; where it is followed, up to the container's end.
public struct LogReader: AsyncSequence, Sendable {
    /// An entry.
    public typealias Element = LogEntry

    let path: FilePath
    let lock: LockWatch?
    let tail: Int?

    /// Makes an iterator.
    public func makeAsyncIterator() -> Iterator {
        Iterator(path: path, lock: lock, tail: tail)
    }

    /// Reads the entries.
    public struct Iterator: AsyncIteratorProtocol {
        private let path: FilePath
        private let lock: LockWatch?
        private let tail: Int?
        private var file: LogFile?
        private var hasEnded = false

        init(path: FilePath, lock: LockWatch?, tail: Int?) {
            self.path = path
            self.lock = lock
            self.tail = tail
        }

        /// The next entry, or `nil` at the end.
        ///
        /// - Throws: ``NestboxError`` if the log can't be read, or `CancellationError`.
        public mutating func next() async throws -> LogEntry? {
            if file == nil {
                let opened = try LogFile(path)
                if let tail { try opened.seek(toLast: tail) }
                file = opened
            }
            guard let file else { return nil }
            while true {
                // Asked before reading, so that what was written up to the end is not missed.
                let isDone = lock?.isFree ?? true
                if let line = try file.nextLine() {
                    guard let entry = try? JSONDecoder().decode(LogEntry.self, from: Data(line)) else { continue }
                    return entry
                }
                if isDone { return nil }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }
}
