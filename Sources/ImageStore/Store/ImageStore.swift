// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// Images on disk: an OCI image layout, and beside it the layers unpacked for overlayfs.
///
/// All state is in the directory, so several values, and several processes, may use one store at a time. `skopeo`,
/// `umoci` and `podman` read it as it is. An image is added whole or not at all; content is verified while it streams.
///
/// ```swift
/// let store = try ImageStore(root: "/var/lib/app/images")
/// let image = try await store.importRootFilesystem(archive: "debian.tar", as: ImageReference("debian"))
/// let rootfs = try await store.prepareRootfs(of: image)   // rootfs.layers: topmost first
/// ```
public struct ImageStore: Sendable {
    /// The store's directory.
    public var root: FilePath { paths.root }

    /// What larger images are refused.
    public let limits: LayerLimits

    let paths: StorePaths

    /// Opens the store in this directory, or makes one there.
    ///
    /// - Throws: ``ImageStoreError`` with code `invalidStore` if the directory holds a layout of another version, and
    ///   `system` if it can't be made.
    public init(root: FilePath, limits: LayerLimits = LayerLimits()) throws {
        paths = StorePaths(root: root)
        self.limits = limits
        for directory in [paths.blobs, paths.unpacked, paths.partial] { try Directory.make(directory) }
        try LayoutFile.ensure(at: paths.layoutFile)
        try removeLeftovers()
        try settleUnpackedLayers()
    }

    /// Removes what an interrupted import left, if nobody else works in the store now.
    private func removeLeftovers() throws {
        guard let lock = try FileLock.tryTake(paths.contentLock, .exclusive) else { return }
        for name in try Directory.names(in: paths.partial) { try Directory.remove(paths.partial.appending(name)) }
        _ = consume lock
    }
}
