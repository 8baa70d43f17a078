// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// Removes a tree of files without following a link and without leaving its filesystem.
enum TreeRemoval {
    /// Removes the directory at `path` and everything in it.
    ///
    /// That it is not there, or that somebody else removes it at the same time, is no error.
    ///
    /// - Throws: ``VolumeError`` with the first thing that would not go, such as a mount inside the tree.
    static func remove(_ path: FilePath) throws(VolumeError) {
        try FaultPoint.pass("unlink", path)
        let parent = path.removingLastComponent()
        guard let name = path.lastComponent else { return }
        guard Directory.exists(parent) else { return }
        let descriptor = try Directory.open(parent)
        defer { try? descriptor.close() }
        if Subvolume.isTop(path), Subvolume.remove(EntryName(name.string), in: descriptor.rawValue) { return }
        try removeEntry(EntryName(name.string), in: descriptor.rawValue, path: path)
    }

    /// Removes everything in the directory at `path` but not the directory itself.
    static func removeContents(_ path: FilePath) throws(VolumeError) {
        let descriptor = try Directory.open(path)
        try removeEntries(consuming: descriptor, path: path)
    }

    private static func removeEntry(_ name: EntryName, in parent: CInt, path: FilePath) throws(VolumeError) {
        if unlinkat(parent, name.bytes, 0) == 0 || Errno.last == .noSuchFileOrDirectory { return }
        guard Errno.last == .isDirectory || Errno.last == .notPermitted else { throw .system("unlink", path) }
        let directory = openat(parent, name.bytes, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        if directory < 0 {
            if Errno.last == .noSuchFileOrDirectory { return }
            throw .system("open", path)
        }
        try removeEntries(consuming: FileDescriptor(rawValue: directory), path: path)
        guard unlinkat(parent, name.bytes, AT_REMOVEDIR) == 0 || Errno.last == .noSuchFileOrDirectory else {
            throw .system("rmdir", path)
        }
    }

    private static func removeEntries(consuming descriptor: FileDescriptor, path: FilePath) throws(VolumeError) {
        let raw = descriptor.rawValue
        let reader = try DirectoryReader(consuming: descriptor, path: path)
        while let name = try reader.next() {
            try removeEntry(name, in: raw, path: path.appending(name.text))
        }
    }
}
