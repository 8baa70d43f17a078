// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import ImageStore
import SystemPackage

/// How the files of a `COPY` or `ADD` are put into the image.
struct CopyPlacement: Sendable {
    var items: [CopyItem]
    let destination: String
    let chown: String?
    let mode: ModeChange?
    let time: FileStatus.Time?
    let isIndependent: Bool

    /// Puts the files into `root`, the image's.
    ///
    /// `archives` says where archives were unpacked, by the number of their item.
    func perform(into root: TreeRoot, archives: [Int: FilePath], cancellation: CancellationFlag) throws {
        var owner: FileOwner?
        if let chown { owner = try OwnerLookup.owner(chown, in: isIndependent ? nil : root) }
        for (index, item) in items.enumerated() {
            let copier = TreeCopier(into: root, cancellation: cancellation)
            copier.owner = owner
            copier.time = time
            if let archive = archives[index] {
                _ = try copier.makeDirectory(FileName(CleanPath.clean(destination)), orRefuse: destination)
                // What an archive says of its files is kept.
                copier.owner = nil
                copier.time = nil
                copier.replaces = true
                guard let tree = try Self.unpacked(archive, cancellation) else { continue }
                try copier.copy(tree, to: destination)
            } else if let tree = item.tree {
                copier.mode = mode
                try copier.copy(tree, to: destination)
            }
        }
    }

    private static func unpacked(_ directory: FilePath, _ cancellation: CancellationFlag) throws -> SelectedTree? {
        let root = try TreeRoot(path: directory)
        return try TreeSelector(root: root, cancellation: cancellation).select("/", excluding: nil).first
    }
}
