// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import FoundationEssentials
internal import SystemPackage

/// The entries of a container's log, from some point on; where it is followed, up to the container's end.
///
/// A log of several files is read from the oldest on.
public struct LogReader: AsyncSequence, Sendable {
    /// An entry.
    public typealias Element = LogEntry

    let path: FilePath
    let lock: LockWatch?
    let selection: LogSelection

    /// Makes an iterator.
    public func makeAsyncIterator() -> Iterator {
        Iterator(path: path, lock: lock, selection: selection)
    }

    /// Reads the entries.
    public struct Iterator: AsyncIteratorProtocol {
        private let path: FilePath
        private let lock: LockWatch?
        private let selection: LogSelection
        private var files: LogFiles?

        init(path: FilePath, lock: LockWatch?, selection: LogSelection) {
            self.path = path
            self.lock = lock
            self.selection = selection
        }

        /// The next entry, or `nil` at the end.
        ///
        /// - Throws: ``NestboxError`` if the log can't be read, or `CancellationError`.
        public mutating func next() async throws -> LogEntry? {
            let files = try self.files ?? LogFiles(path, tail: selection.tail)
            self.files = files
            while true {
                // Asked before reading, so that what was written up to the end is not missed.
                let isDone = lock?.isFree ?? true
                if let line = try files.nextLine() {
                    guard let entry = try? JSONDecoder().decode(LogEntry.self, from: Data(line)) else { continue }
                    switch selection.verdict(on: entry) {
                    case .wanted: return entry
                    case .passed: continue
                    case .over: return nil
                    }
                }
                if isDone { return nil }
                if let until = selection.until, until < .now() { return nil }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }
}

/// The files of one log, read as one.
final class LogFiles {
    private let path: FilePath
    private var file: LogFile
    /// Those that are read after it, the next last.
    private var following: [LogFile]
    private var version: FileVersion.Identity?

    /// - Parameters:
    ///   - path: The present file.
    ///   - tail: How many of the last lines to begin with.
    /// - Throws: ``NestboxError`` of code `state`.
    init(_ path: FilePath, tail: Int?) throws {
        self.path = path
        var files = [path]
        for number in 1...1000 {
            let older = FilePath("\(path).\(number)")
            guard FileVersion(older) != nil else { break }
            files.append(older)
        }
        var wanted = tail
        var opened: [LogFile] = []
        version = FileVersion.Identity(path)
        for path in files {
            if let left = wanted, left <= 0, !opened.isEmpty { break }
            let file = try LogFile(path)
            if let left = wanted { wanted = try left - file.seek(toLast: left) }
            opened.append(file)
        }
        guard let oldest = opened.popLast() else { throw NestboxError(.state, "the container has no log") }
        file = oldest
        following = opened
    }

    /// The next line that is complete; `nil` if there is none yet.
    func nextLine() throws -> ArraySlice<UInt8>? {
        while true {
            if let line = try file.nextLine() { return line }
            if let next = following.popLast() {
                file = next
                continue
            }
            // A new file has taken the place of the one that is read to its end.
            let present = FileVersion.Identity(path)
            guard present != version, present != nil else { return nil }
            if let line = try file.nextLine() { return line }
            file = try LogFile(path)
            version = present
        }
    }
}
