// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CVolumeStore
import Glibc
import SystemPackage

/// Brings the content of an image's directory into a new volume, whole or not at all.
///
/// The content is gathered in the driver's scratch directory, synced, and only then moved entry by entry into the data
/// directory. Between the two steps the caller records ``CopyUpState/moving``, so that a crash during the move is
/// continued and a crash before it starts again. All of it happens under the volume's lock.
struct CopyUp {
    let data: FilePath
    let scratch: FilePath

    /// Copies the tree to the scratch directory and onto the disk.
    func gather(from source: FileDescriptor) throws(VolumeError) {
        try TreeRemoval.remove(scratch)
        try Directory.create(scratch.removingLastComponent(), mode: 0o700)
        try Directory.create(scratch, mode: 0o700)
        let target = try Directory.open(scratch)
        defer { try? target.close() }
        do {
            try TreeCopy.copyContents(from: source, to: target, path: scratch)
            try TreeCopy.sync(target, path: scratch)
        } catch {
            try? TreeRemoval.remove(scratch)
            throw error
        }
    }

    /// Moves what was gathered into the data directory.
    ///
    /// Can be repeated after a crash. A name that the volume has got in the meantime, from a container that mounted it
    /// without copying, is kept.
    func settle() throws(VolumeError) {
        guard Directory.exists(scratch) else { return }
        let from = try Directory.open(scratch)
        defer { try? from.close() }
        let to = try Directory.open(data)
        defer { try? to.close() }
        // Read before the moves, which change the times of both directories.
        let attributes = try FileAttributes.of(from.rawValue, path: scratch)
        for name in try Directory.entries(scratch) {
            try FaultPoint.pass("renameat2", data.appending(name.text))
            let renameNoReplace: CUnsignedInt = 1
            guard cvolumestore_renameat2(from.rawValue, name.bytes, to.rawValue, name.bytes, renameNoReplace) != 0
            else {
                continue
            }
            guard Errno.last == .fileExists else { throw .system("renameat2", data.appending(name.text)) }
        }
        try attributes.apply(to: to.rawValue, path: data)
        guard fsync(to.rawValue) == 0 else { throw .system("fsync", data) }
    }

    /// Removes the scratch directory.
    func clear() throws(VolumeError) {
        let status = FileStatus(data)
        try TreeRemoval.remove(scratch)
        // Where it was inside of the data directory, it leaves no trace there.
        if let status { _ = data.withPlatformString { utimensat(AT_FDCWD, $0, status.times, AT_SYMLINK_NOFOLLOW) } }
    }

    /// Gives the data directory the attributes of an image's empty directory.
    func adoptAttributes(of source: FileDescriptor) throws(VolumeError) {
        let target = try Directory.open(data)
        defer { try? target.close() }
        try FileAttributes.of(source.rawValue, path: data).apply(to: target.rawValue, path: data)
    }
}
