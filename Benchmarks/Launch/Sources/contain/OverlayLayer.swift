// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Glibc
import SystemPackage

/// The directories of one launch that take what it would write.
struct OverlayLayer {
    let directories: RootFilesystem.WritableLayer
    private let path: FilePath

    /// Makes the directories.
    init(at path: FilePath) throws {
        self.path = path
        self.directories = .init(upper: path.appending("upper"), work: path.appending("work"))
        for directory in [path, directories.upper, directories.work] {
            guard mkdir(directory.string, 0o755) == 0 else { throw Errno(rawValue: errno) }
        }
    }

    /// Removes them, with what overlayfs has left in its own.
    func remove() throws {
        for name in ["work/work", "work", "upper", ""] {
            let directory = path.appending(name)
            guard rmdir(directory.string) == 0 || errno == ENOENT else { throw Errno(rawValue: errno) }
        }
    }
}
