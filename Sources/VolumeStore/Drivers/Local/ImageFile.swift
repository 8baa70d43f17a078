// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// A file that holds an ext4 filesystem.
struct ImageFile {
    let path: FilePath

    /// Makes the file, sparse, and the filesystem in it, and writes both to the disk.
    ///
    /// - Throws: ``VolumeError`` with `unsupported` if the system has no `mkfs.ext4`.
    func create(size: Int64) throws(VolumeError) {
        let file = try open(O_RDWR | O_CREAT | O_EXCL)
        defer { close(file) }
        guard ftruncate(file, Int(size)) == 0 else { throw .system("ftruncate", path) }
        // Nothing is reserved for root: the size is the user's.
        try SystemProgram("mkfs.ext4").run(["-q", "-F", "-m", "0", "-E", "lazy_itable_init=1", path.string])
        guard hasFilesystem(file) else {
            throw VolumeError(
                .inputOutput,
                "no filesystem was made in the image of the volume",
                cause: .init(operation: "mkfs.ext4", path: path)
            )
        }
        guard fsync(file) == 0 else { throw .system("fsync", path) }
    }

    /// Mounts the filesystem.
    ///
    /// The loop device goes away with the last mount of it.
    func mount(on target: FilePath) throws(VolumeError) {
        let file = try open(O_RDWR)
        defer { close(file) }
        let device = try LoopDevice.attach(file, path: path)
        try HostMount.mount(device.path, type: "ext4", on: target, try MountFlags(""))
        _ = consume device
    }

    private func open(_ flags: CInt) throws(VolumeError) -> CInt {
        let file = path.withPlatformString { Glibc.open($0, flags | O_NOFOLLOW | O_CLOEXEC, 0o600) }
        guard file >= 0 else { throw .system("open", path) }
        return file
    }

    /// Looks for ext4's magic number, 0xEF53 at 1024 + 56 bytes.
    private func hasFilesystem(_ file: CInt) -> Bool {
        var magic: [UInt8] = [0, 0]
        return pread(file, &magic, 2, 1080) == 2 && magic == [0x53, 0xEF]
    }
}
