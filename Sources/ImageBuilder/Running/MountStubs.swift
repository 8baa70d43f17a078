// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CLinux
import Glibc
import SystemPackage

/// The empty files and directories that are made for mounts to attach to, and must not stay in the image.
struct MountStubs: Sendable {
    private struct Stub: Sendable {
        /// The directory that is there already, without links in its path.
        var directory: String
        /// The name in it that is not.
        var name: FileName
    }

    private let stubs: [Stub]
    /// The files as they are before the command runs.
    private let before: TreeRoot

    /// Looks for what will be made.
    init(for targets: [String], in before: TreeRoot) throws(ImageBuilderError) {
        self.before = before
        var stubs: [Stub] = []
        for target in targets {
            let (directory, name) = try before.firstMissing(of: target)
            guard let name, !stubs.contains(where: { $0.directory == directory && $0.name == name }) else { continue }
            stubs.append(Stub(directory: directory, name: name))
        }
        self.stubs = stubs
    }

    /// Removes what is still empty from the upper directory, and what was copied up only to hold it.
    func remove(from upper: FilePath) throws(ImageBuilderError) {
        let root = try TreeRoot(path: upper).directory
        for stub in stubs {
            let path = FileName(String(stub.directory.dropFirst()))
            guard let directory = try? root.openBeneath(path, O_RDONLY | O_DIRECTORY) else { continue }
            guard try Self.removeEmpty(stub.name, in: directory) else { continue }
            try restore(path, in: root)
        }
    }

    /// Removes an empty file, or a directory in which there are only such directories.
    private static func removeEmpty(_ name: FileName, in directory: OpenFile) throws(ImageBuilderError) -> Bool {
        guard let status = try directory.status(of: name) else { return false }
        if status.isFile, status.size == 0 { return unlinkat(directory.number, name.bytes, 0) == 0 }
        guard status.isDirectory, let child = try directory.open(name, O_RDONLY | O_DIRECTORY) else { return false }
        for name in try child.names() {
            guard try removeEmpty(name, in: child) else { return false }
        }
        return unlinkat(directory.number, name.bytes, AT_REMOVEDIR) == 0
    }

    /// Gives a directory its time back; one that has become as it was is no part of the layer.
    private func restore(_ path: FileName, in root: OpenFile) throws(ImageBuilderError) {
        var path = path
        while !path.isEmpty {
            let directory = try root.openBeneath(path, O_RDONLY | O_DIRECTORY)
            guard let old = try before.open(path, O_PATH)?.status() else { return }
            try TreeCopier.setTime(old.modified, of: directory)
            let status = try directory.status()
            let isUnchanged = status.mode == old.mode && status.user == old.user && status.group == old.group
            let isOpaque = fgetxattr(directory.number, "trusted.overlay.opaque", nil, 0) >= 0
            guard isUnchanged, !isOpaque, try directory.names().isEmpty else { return }
            let (parent, name) = path.split
            let above = try root.openBeneath(parent, O_RDONLY | O_DIRECTORY)
            guard unlinkat(above.number, name.bytes, AT_REMOVEDIR) == 0 else { return }
            path = parent
        }
    }
}
