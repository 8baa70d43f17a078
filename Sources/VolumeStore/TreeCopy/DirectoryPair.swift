// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// A directory to copy and the one that it becomes, open as long as this lives.
final class DirectoryPair: Sendable {
    private static let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC

    let source: CInt
    let target: CInt
    /// Where the target is, seen from the tree's top, which is the empty path.
    let relative: EntryName

    private init(source: CInt, target: CInt, relative: EntryName) {
        self.source = source
        self.target = target
        self.relative = relative
    }

    deinit {
        close(source)
        close(target)
    }

    /// The top of a tree; the descriptors stay the caller's.
    convenience init(duplicating source: CInt, _ target: CInt, path: FilePath) throws(VolumeError) {
        let from = fcntl(source, F_DUPFD_CLOEXEC, 0)
        guard from >= 0 else { throw .system("fcntl", path) }
        let to = fcntl(target, F_DUPFD_CLOEXEC, 0)
        guard to >= 0 else {
            let error = VolumeError.system("fcntl", path)
            close(from)
            throw error
        }
        self.init(source: from, target: to, relative: "")
    }

    /// Opens a directory in this one, and makes its target.
    ///
    /// - Returns: Nil if somebody has removed it since it was listed.
    func descend(_ name: EntryName, path: @autoclosure () -> FilePath) throws(VolumeError) -> DirectoryPair? {
        let from = openat(source, name.bytes, Self.flags)
        guard from >= 0 else {
            if Errno.last == .noSuchFileOrDirectory { return nil }
            throw .system("open", path())
        }
        do throws(VolumeError) {
            guard mkdirat(target, name.bytes, 0o700) == 0 else { throw .system("mkdirat", path()) }
            let to = openat(target, name.bytes, Self.flags)
            guard to >= 0 else { throw .system("open", path()) }
            return DirectoryPair(source: from, target: to, relative: relative.appending(name))
        } catch {
            close(from)
            throw error
        }
    }
}
