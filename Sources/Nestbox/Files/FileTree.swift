// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import SystemPackage

/// A tree of files in which paths are resolved: the host's, or a container's, out of which no link leads.
final class FileTree: Sendable {
    private let root: CInt
    private let isHost: Bool
    /// Whose its files are.
    let owners: FileOwners

    private init(_ root: CInt, isHost: Bool, users: UserRange? = nil) {
        self.root = root
        self.isHost = isHost
        owners = FileOwners(users: users)
    }

    deinit {
        if root >= 0 { Glibc.close(root) }
    }

    /// The host's files.
    static let host = FileTree(AT_FDCWD, isHost: true)

    /// Takes an open directory as the root of a container's files; the descriptor belongs to this then.
    static func confined(to root: CInt, users: UserRange? = nil) -> FileTree {
        FileTree(root, isHost: false, users: users)
    }

    /// The files of a process, as it sees them.
    ///
    /// - Parameters:
    ///   - pid: The process.
    ///   - users: The users that it has in place of the host's.
    /// - Returns: The tree.
    /// - Throws: ``SystemFailure`` if there is no such process, or it may not be looked at.
    static func ofProcess(_ pid: Int32, users: UserRange?) throws(SystemFailure) -> FileTree {
        let path = FilePath("/proc/\(pid)/root")
        let root = Glibc.open(path.string, NESTBOX_O_PATH | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { throw .last("open", path) }
        return .confined(to: root, users: users)
    }

    /// Opens a path; links in it are followed within the tree, the last component as the flags say.
    ///
    /// - Returns: A descriptor that the caller closes.
    func open(_ path: String, _ flags: CInt, mode: mode_t = 0) throws(SystemFailure) -> CInt {
        if isHost {
            let descriptor = Glibc.open(path, flags | O_CLOEXEC, mode)
            guard descriptor >= 0 else { throw .last("open", FilePath(path)) }
            return descriptor
        }
        let resolve = UInt64(NESTBOX_RESOLVE_IN_ROOT | NESTBOX_RESOLVE_NO_MAGICLINKS)
        let creates = flags & O_CREAT != 0
        let result = nestbox_openat2(
            root,
            path.hasPrefix("/") ? "." + path : path,
            UInt64(flags | O_CLOEXEC),
            creates ? UInt64(mode) : 0,
            resolve
        )
        guard result >= 0 else { throw SystemFailure("openat2", FilePath(path), Errno(rawValue: -result)) }
        return result
    }

    /// What kind of file is at a path; `nil` if there is none.
    func kind(_ path: String) throws(SystemFailure) -> mode_t? {
        do throws(SystemFailure) {
            let descriptor = try open(path, NESTBOX_O_PATH)
            defer { Glibc.close(descriptor) }
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw SystemFailure.last("fstat", FilePath(path)) }
            return status.st_mode & S_IFMT
        } catch  where error.errno == .noSuchFileOrDirectory || error.errno == .notDirectory {
            return nil
        }
    }
}
