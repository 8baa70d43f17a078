// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A lock on a file of the store that other processes respect too (`flock(2)`); it ends with this value.
///
/// The kernel drops it when the process dies, so a crash never leaves a lock behind.
struct FileLock: ~Copyable {
    /// How much a lock keeps others out.
    enum Mode {
        /// Keeps exclusive holders out.
        case shared
        /// Keeps everyone else out.
        case exclusive

        var operation: Int32 {
            switch self {
            case .shared: LOCK_SH
            case .exclusive: LOCK_EX
            }
        }
    }

    private let file: OpenFile

    private init(file: consuming OpenFile) {
        self.file = file
    }

    /// Takes the lock, waiting for it on this thread: for locks that are held for milliseconds.
    static func take(_ path: FilePath, _ mode: Mode) throws -> FileLock {
        let file = try OpenFile(path, O_RDWR | O_CREAT)
        try SystemCall.check("flock", path.string) { flock(file.number, mode.operation) }
        return FileLock(file: file)
    }

    /// Takes the lock if nobody stands in the way.
    static func tryTake(_ path: FilePath, _ mode: Mode) throws -> FileLock? {
        let file = try OpenFile(path, O_RDWR | O_CREAT)
        if flock(file.number, mode.operation | LOCK_NB) == 0 { return FileLock(file: file) }
        guard errno == EWOULDBLOCK else { throw SystemCall.error("flock", path.string, errno) }
        return nil
    }

    /// Takes the lock, waiting for it without holding a thread.
    ///
    /// - Throws: `CancellationError` if the task is cancelled while it waits.
    static func wait(for path: FilePath, _ mode: Mode) async throws -> FileLock {
        while true {
            if let lock = try tryTake(path, mode) { return lock }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
