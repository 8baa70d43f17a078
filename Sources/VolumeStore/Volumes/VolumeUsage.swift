// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// How much a volume holds.
public struct VolumeUsage: Sendable, Hashable {
    /// Bytes on the disk; a hard-linked file counts once.
    public let bytes: Int64

    /// Files and directories; a hard-linked file counts once.
    public let inodes: Int64

    /// How many bytes it can hold, for a volume with a limit of its own.
    public let limit: Int64?

    /// When it was measured.
    public let measuredAt: Timestamp

    /// Makes a measurement.
    public init(bytes: Int64, inodes: Int64, limit: Int64? = nil, measuredAt: Timestamp = .now()) {
        self.bytes = bytes
        self.inodes = inodes
        self.limit = limit
        self.measuredAt = measuredAt
    }
}

extension VolumeUsage {
    /// What the filesystem that is mounted at `path` says of itself.
    init(filesystem path: FilePath) throws(VolumeError) {
        var status = statvfs()
        guard path.withPlatformString({ statvfs($0, &status) }) == 0 else { throw .system("statvfs", path) }
        let unit = Int64(status.f_frsize)
        self.init(
            bytes: Int64(status.f_blocks - status.f_bfree) * unit,
            inodes: Int64(status.f_files - status.f_ffree),
            limit: Int64(status.f_blocks) * unit
        )
    }
}
