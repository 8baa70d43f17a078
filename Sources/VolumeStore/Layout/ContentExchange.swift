// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CVolumeStore
import Glibc
import SystemPackage

/// Puts a new directory in the place of another, in one step.
struct ContentExchange {
    private static let renameExchange: CUnsignedInt = 2

    /// The directory to replace.
    let data: FilePath
    /// Where its replacement is made, on the same filesystem.
    ///
    /// What a crash left here is removed first.
    let replacement: FilePath

    /// Fills the replacement, exchanges the two and removes the old one.
    func run(_ fill: (FilePath) throws(VolumeError) -> Void) throws(VolumeError) {
        try TreeRemoval.remove(replacement)
        try Directory.create(replacement.removingLastComponent(), mode: 0o700)
        try Directory.create(replacement, mode: 0o755)
        do {
            try fill(replacement)
            try exchange()
        } catch {
            try? TreeRemoval.remove(replacement)
            throw error
        }
        // What can't be deleted now is deleted before the next exchange.
        try? TreeRemoval.remove(replacement)
    }

    private func exchange() throws(VolumeError) {
        try FaultPoint.pass("renameat2", data)
        let status = FileStatus(replacement)
        let result = replacement.withPlatformString { new in
            data.withPlatformString { old in cvolumestore_renameat2(AT_FDCWD, new, AT_FDCWD, old, Self.renameExchange) }
        }
        guard result == 0 else { throw .system("renameat2", data) }
        // xfs notes the new parent as a modification; the content was not modified.
        if let status { _ = data.withPlatformString { utimensat(AT_FDCWD, $0, status.times, AT_SYMLINK_NOFOLLOW) } }
        try Directory.sync(data.removingLastComponent())
        try Directory.sync(replacement.removingLastComponent())
    }
}
