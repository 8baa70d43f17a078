// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// A `flock(2)` on a directory: the kernel lets go of it when the process dies, however it dies.
///
/// It stays with the directory when that is renamed, so whoever has waited for it must look again where they are.
struct DirectoryLock: ~Copyable, Sendable {
    /// Whether others may hold it, too.
    enum Mode {
        case exclusive
        case shared

        var operation: CInt { self == .exclusive ? LOCK_EX : LOCK_SH }
    }

    /// The locked directory, open for reading.
    let descriptor: FileDescriptor

    private init(_ descriptor: FileDescriptor) {
        self.descriptor = descriptor
    }

    deinit {
        // A process that was begun elsewhere in this one has the descriptor too until it executes its program, and the
        // lock would be held until then.
        flock(descriptor.rawValue, LOCK_UN)
        try? descriptor.close()
    }

    /// Runs `body`, for which the lock is kept.
    func whileHeld<Value: ~Copyable>(_ body: () throws(VolumeError) -> Value) throws(VolumeError) -> Value {
        try body()
    }

    /// Whether nobody has the directory locked at this moment.
    static func isFree(_ path: FilePath) throws(VolumeError) -> Bool {
        let lock = DirectoryLock(try Directory.open(path))
        if flock(lock.descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 { return true }
        guard Errno.last == .wouldBlock else { throw .system("flock", path) }
        return false
    }

    /// Locks the directory, waiting for whoever has it.
    ///
    /// - Throws: ``VolumeError`` with `busy` after `timeout`.
    static func acquire(
        _ path: FilePath,
        _ mode: Mode = .exclusive,
        timeout: Duration
    ) throws(VolumeError) -> DirectoryLock {
        let lock = DirectoryLock(try Directory.open(path))
        let clock = ContinuousClock()
        let deadline = clock.now + timeout
        var pause: UInt32 = 500
        // flock has no timeout of its own, and an alarm would be the whole process's.
        while flock(lock.descriptor.rawValue, mode.operation | LOCK_NB) != 0 {
            guard Errno.last == .wouldBlock || Errno.last == .interrupted else { throw .system("flock", path) }
            guard clock.now < deadline else {
                throw VolumeError(
                    .busy,
                    "another operation on the same volume did not end within \(timeout)",
                    cause: .init(operation: "flock", path: path, errno: .wouldBlock)
                )
            }
            usleep(pause)
            pause = min(pause * 2, 20_000)
        }
        return lock
    }
}
