// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
internal import SystemPackage

/// An exclusive lock on a file (`flock(2)`), which the kernel drops when its holder dies in whatever way.
final class FileLock: Sendable {
    private let descriptor: CInt

    private init(_ descriptor: CInt) {
        self.descriptor = descriptor
    }

    deinit {
        // A process that was begun elsewhere in this one has the descriptor too until it executes its program, and the
        // lock would be held until then.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Waits for the lock.
    ///
    /// For short sections only: the calling thread waits with it.
    static func acquire(_ path: FilePath) throws(SystemFailure) -> FileLock {
        let lock = FileLock(try open(path, creating: true))
        while flock(lock.descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw .last("flock", path) }
        }
        return lock
    }

    /// Takes a share of the lock, which any number may have at one time.
    ///
    /// For short waits only: the calling thread waits with it.
    static func share(_ path: FilePath) throws(SystemFailure) -> FileLock {
        let lock = FileLock(try open(path, creating: true))
        while flock(lock.descriptor, LOCK_SH) != 0 {
            guard errno == EINTR else { throw .last("flock", path) }
        }
        return lock
    }

    /// Makes a share the whole, if no one else has one.
    ///
    /// The kernel lets go of the share before it tries: who asks holds another lock that keeps others from taking one.
    ///
    /// - Returns: Whether the lock is this one's alone. If not, it is a share as before.
    func claimAlone() -> Bool {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
        flock(descriptor, LOCK_SH)
        return false
    }

    /// Takes the lock if nobody holds it.
    ///
    /// - Returns: The lock, or `nil` if it is held.
    static func tryAcquire(_ path: FilePath, creating: Bool = false) throws(SystemFailure) -> FileLock? {
        let lock = FileLock(try open(path, creating: creating))
        guard flock(lock.descriptor, LOCK_EX | LOCK_NB) != 0 else { return lock }
        guard errno == EWOULDBLOCK else { throw .last("flock", path) }
        return nil
    }

    /// Leaves a last word for those who wait for the lock; they can read it when the file itself is gone already.
    func leave(_ text: String) {
        _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
    }

    private static func open(_ path: FilePath, creating: Bool) throws(SystemFailure) -> CInt {
        let descriptor = Glibc.open(path.string, O_RDWR | O_CLOEXEC | O_NOFOLLOW | (creating ? O_CREAT : 0), 0o600)
        guard descriptor >= 0 else { throw .last("open", path) }
        return descriptor
    }
}

/// Waits for another to let go of a lock.
final class LockWatch: Sendable {
    private let descriptor: CInt

    /// Begins to watch.
    ///
    /// - Parameter path: The lock's file.
    /// - Throws: ``SystemFailure``: `ENOENT` if there is no such file.
    init(_ path: FilePath) throws(SystemFailure) {
        descriptor = Glibc.open(path.string, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw .last("open", path) }
    }

    deinit {
        close(descriptor)
    }

    /// Whether the lock is free, and so its holder done or dead.
    var isFree: Bool {
        guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return false }
        flock(descriptor, LOCK_UN)
        return true
    }

    /// What the holder left as its last word.
    var lastWord: String {
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    /// Waits until the lock is free or the time is over.
    ///
    /// - Parameter limit: How long to wait; without end where `nil`.
    /// - Returns: Whether the lock is free.
    /// - Throws: `CancellationError`.
    func wait(atMost limit: Duration? = nil) async throws -> Bool {
        // The kernel tells nobody of a freed lock but those who block in flock, which a task must not do.
        let deadline = limit.map { ContinuousClock.now + $0 }
        var pause = Duration.milliseconds(1)
        while !isFree {
            if let deadline, ContinuousClock.now >= deadline { return false }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(20))
        }
        return true
    }
}

extension FileLock {
    /// Whether a process that lives holds the lock.
    static func isHeld(_ path: FilePath) -> Bool {
        (try? LockWatch(path).isFree) == false
    }
}
