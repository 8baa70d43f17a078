// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// Directory operations that say what failed.
enum Directory {
    /// Makes a directory; one that exists is left as it is.
    ///
    /// - Returns: Whether it was made now.
    @discardableResult
    static func create(_ path: FilePath, mode: mode_t) throws(VolumeError) -> Bool {
        try FaultPoint.pass("mkdir", path)
        if path.withPlatformString({ mkdir($0, mode) }) == 0 {
            // The caller's umask must not decide about access to the store.
            guard path.withPlatformString({ chmod($0, mode) }) == 0 else { throw .system("chmod", path) }
            return true
        }
        guard Errno.last == .fileExists, exists(path) else { throw .system("mkdir", path) }
        return false
    }

    /// Makes a directory and those above it.
    static func createWithParents(_ path: FilePath, mode: mode_t) throws(VolumeError) {
        if exists(path) { return }
        let parent = path.removingLastComponent()
        if parent != path, !parent.isEmpty { try createWithParents(parent, mode: 0o755) }
        if try create(path, mode: mode) { try sync(parent.isEmpty ? "." : parent) }
    }

    /// Whether there is a directory at this very path (a link to one does not count).
    static func exists(_ path: FilePath) -> Bool {
        FileStatus(path)?.kind == .directory
    }

    /// Moves a directory.
    ///
    /// Nothing is replaced but an empty directory.
    static func move(_ source: FilePath, to target: FilePath) throws(VolumeError) {
        try FaultPoint.pass("rename", source)
        let result = source.withPlatformString { from in target.withPlatformString { to in rename(from, to) } }
        guard result == 0 else { throw .system("rename", source) }
    }

    /// Writes the entries of a directory to the disk.
    static func sync(_ path: FilePath) throws(VolumeError) {
        try FaultPoint.pass("fsync", path)
        let descriptor = try open(path)
        defer { try? descriptor.close() }
        guard fsync(descriptor.rawValue) == 0 else { throw .system("fsync", path) }
    }

    /// Opens a directory for reading, never through a link at the end of the path.
    static func open(_ path: FilePath) throws(VolumeError) -> FileDescriptor {
        do {
            return try FileDescriptor.open(path, .readOnly, options: [.directory, .noFollow, .closeOnExec])
        } catch let error as Errno {
            throw .system("open", path, errno: error)
        } catch {
            throw VolumeError(.inputOutput, "\(error)")
        }
    }

    /// The names in a directory, without `.` and `..`, in no order.
    static func entries(_ path: FilePath) throws(VolumeError) -> [EntryName] {
        let descriptor = try open(path)
        let reader = try DirectoryReader(consuming: descriptor, path: path)
        var names: [EntryName] = []
        while let name = try reader.next() { names.append(name) }
        return names
    }

    /// Whether there is nothing in the directory.
    static func isEmpty(_ path: FilePath) throws(VolumeError) -> Bool {
        let reader = try DirectoryReader(consuming: try open(path), path: path)
        return try reader.next() == nil
    }

    /// Whether nothing can be written there, because of the filesystem or its mount.
    static func isReadOnly(_ path: FilePath) -> Bool {
        /// `ST_RDONLY` of statvfs(3).
        let readOnly: UInt = 1
        var status = statvfs()
        return path.withPlatformString { statvfs($0, &status) } == 0 && status.f_flag & readOnly != 0
    }

    /// Whether another filesystem is mounted on the directory.
    static func isMountpoint(_ path: FilePath) -> Bool {
        guard let own = FileStatus(path), let above = FileStatus(path.removingLastComponent()) else { return false }
        return own.inode.device != above.inode.device
    }
}
