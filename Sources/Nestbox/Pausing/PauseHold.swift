// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
internal import SystemPackage

/// A share in having a container stand still while something that it writes is copied.
///
/// The container's file `pauses` is a pipe with a name. Who looks after the container reads from it, and so learns that
/// somebody has come; a shared lock on it (`flock(2)`), which the kernel drops when its holder dies in whatever way, says
/// who is still there. Shares are taken, given back and counted under the lock of the container's record.
final class PauseHold: Sendable {
    private let descriptor: CInt

    private init(_ descriptor: CInt) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Takes a share and tells whoever looks after the container.
    ///
    /// - Returns: `nil` if nobody does.
    static func take(_ path: FilePath) throws(SystemFailure) -> PauseHold? {
        let probe = open(path.string, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)
        guard probe >= 0 else {
            guard errno == ENXIO || errno == ENOENT else { throw .last("open", path) }
            return nil
        }
        defer { close(probe) }
        // With a reading end of its own it is not sent SIGPIPE when the other goes away.
        let descriptor = open(path.string, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw .last("open", path) }
        let hold = PauseHold(descriptor)
        // Waits for one at most who is just looking.
        while flock(descriptor, LOCK_SH) != 0 {
            guard errno == EINTR else { throw .last("flock", path) }
        }
        var word: UInt8 = 1
        // A full pipe has told enough.
        guard write(descriptor, &word, 1) == 1 || errno == EAGAIN else { throw .last("write", path) }
        return hold
    }

    /// Gives the share back.
    ///
    /// - Returns: Whether nobody has one any more.
    func giveBack() -> Bool {
        let isLast = flock(descriptor, LOCK_EX | LOCK_NB) == 0
        flock(descriptor, LOCK_UN)
        return isLast
    }

    /// Whether a process that lives has a share.
    static func isHeld(_ path: FilePath) -> Bool {
        // Opened for reading, so that nobody is told.
        let descriptor = open(path.string, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }
}
