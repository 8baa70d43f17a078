// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// Reads which images a layout has.
struct LayoutReader {
    let directory: FilePath
    let limits: LayerLimits

    /// The entries of the layout's index.
    ///
    /// - Throws: ``ImageStoreError`` with code `invalidContent` if the directory is no layout or lists nothing.
    func entries() throws -> [Descriptor] {
        let layoutFile = directory.appending("oci-layout")
        guard let layout = try SmallFile.read(layoutFile, limit: 1 << 16) else {
            throw refuse("has no file oci-layout")
        }
        try LayoutFile.check(layout, path: layoutFile)
        guard let bytes = try SmallFile.read(directory.appending("index.json"), limit: limits.documentSize) else {
            throw refuse("has no index.json")
        }
        let index = try JSONDocument.decode(Index.self, from: bytes, what: "the layout's index.json")
        let entries = index.manifests.filter { $0.mediaType.isIndex || $0.mediaType.isManifest }
        guard !entries.isEmpty else { throw refuse("lists no image") }
        return entries
    }

    private func refuse(_ why: String) -> ImageStoreError {
        ImageStoreError(
            code: .invalidContent,
            message: "'\(directory)' is no OCI image layout: it \(why)",
            path: directory.string
        )
    }
}
