// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// Room that is kept for the day on which the disk is full.
///
/// The database needs a little to be opened at all, for the memory that its processes share; without it nothing could be
/// removed to make room.
struct SpaceReserve: Sendable {
    private static let size = 256 << 10
    private let path: FilePath

    init(path: FilePath) {
        self.path = path
    }

    /// Takes the room where it is not taken and the disk has plenty; a store without a reserve is as good otherwise.
    func keep() {
        var disk = statvfs()
        guard held == 0, statvfs(path.removingLastComponent().string, &disk) == 0,
            UInt64(disk.f_bavail) * UInt64(disk.f_frsize) > 16 * UInt64(Self.size),
            let file = try? FileDescriptor.open(
                path,
                .readWrite,
                options: [.create, .closeOnExec, .noFollow],
                permissions: .ownerReadWrite
            )
        else { return }
        defer { try? file.close() }
        if posix_fallocate(file.rawValue, 0, off_t(Self.size)) != 0 { _ = ftruncate(file.rawValue, 0) }
    }

    /// Gives the room back.
    ///
    /// - Returns: Whether there was any.
    func release() -> Bool {
        held > 0 && unlink(path.string) == 0
    }

    /// How many bytes of the disk it has.
    private var held: Int64 { FileStatus(path)?.allocated ?? 0 }
}
