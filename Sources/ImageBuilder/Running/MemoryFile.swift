// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CLinux
import Glibc
import SystemPackage

/// A file in memory that a container can mount and the host has no name for: a secret's content.
///
/// It is in a file system of its own that is attached nowhere, and goes with this value.
final class MemoryFile: Sendable {
    /// The path to give as the source of a bind mount.
    let path: FilePath
    private let holds: [OpenFile]
    /// The directory to remove, where the kernel can't mount from what is attached nowhere (before 6.15).
    private let directory: FilePath?

    init(_ content: [UInt8], mode: mode_t, owner: FileOwner) throws {
        if let (path, holds) = try Self.detached(content, mode, owner) {
            (self.path, self.holds, directory) = (path, holds, nil)
            return
        }
        // /dev/shm is memory, too; what has a name there is only for root to see.
        let directory = FilePath("/dev/shm/nestbox-\(getpid())-\(UInt64.random(in: .min ... .max))")
        try SystemCall.check("mkdir", directory.string) { mkdir(directory.string, 0o700) }
        do {
            let root = try TreeRoot(path: directory).directory
            try Self.write(content, mode, owner, in: root)
        } catch {
            try? StepRunner.discard(directory)
            throw error
        }
        (path, holds, self.directory) = (directory.appending("content"), [], directory)
    }

    deinit {
        if let directory { try? StepRunner.discard(directory) }
    }

    private static func detached(
        _ content: [UInt8],
        _ mode: mode_t,
        _ owner: FileOwner
    ) throws -> (FilePath, [OpenFile])? {
        let context = nestbox_fsopen("tmpfs")
        guard context >= 0 else { return nil }
        let hold = OpenFile(owning: context)
        guard nestbox_fsconfig_string(context, "mode", "0700") == 0, nestbox_fsconfig_create(context) == 0 else {
            return nil
        }
        let mount = nestbox_fsmount(context, 0)
        guard mount >= 0 else { return nil }
        let root = OpenFile(owning: mount)
        try write(content, mode, owner, in: root)
        guard let file = try root.open(FileName("content"), O_PATH), DetachedMounts.canBeMounted(file) else {
            return nil
        }
        return (FilePath(file.processPath), [hold, root, file])
    }

    private static func write(
        _ content: [UInt8],
        _ mode: mode_t,
        _ owner: FileOwner,
        in directory: OpenFile
    ) throws {
        let file = try directory.create(FileName("content"))
        try content.withUnsafeBytes { try file.write($0) }
        try TreeCopier.give(file, to: owner)
        try SystemCall.check("fchmod", "content") { fchmod(file.number, mode) }
    }
}

/// Whether this kernel takes what is attached nowhere as the source of a mount: since Linux 6.15.
enum DetachedMounts {
    static func canBeMounted(_ file: OpenFile) -> Bool {
        let clone = nestbox_open_tree(file.number, "", 0)
        if clone >= 0 { close(clone) }
        return clone >= 0
    }
}
