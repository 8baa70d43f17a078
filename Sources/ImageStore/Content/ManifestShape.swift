// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The properties by which a manifest and an index can be told apart, whatever they claim to be.
///
/// A document that could be read as both would show different images to different tools (CVE-2021-41190), so it is
/// refused.
package struct ManifestShape: Decodable {
    private struct Anything: Decodable {
        init(from decoder: any Decoder) throws {}
    }

    private let schemaVersion: Int
    private let mediaType: MediaType?
    private let manifests: Anything?
    private let layers: Anything?
    private let config: Anything?

    /// Checks that a document is what its descriptor says.
    ///
    /// - Throws: ``ImageStoreError`` with code `invalidContent`.
    package static func check(_ bytes: [UInt8], is type: MediaType, digest: Digest) throws {
        let shape = try JSONDocument.decode(ManifestShape.self, from: bytes, what: "the manifest \(digest)")
        func refuse(_ why: String) -> ImageStoreError {
            ImageStoreError(code: .invalidContent, message: "the manifest \(digest) \(why)", path: digest.description)
        }
        guard shape.schemaVersion == 2 else { throw refuse("has schema version \(shape.schemaVersion), not 2") }
        if let inside = shape.mediaType, inside != type {
            throw refuse("was announced as '\(type)' but says it is '\(inside)'")
        }
        let looksLikeManifest = shape.layers != nil || shape.config != nil
        guard !(shape.manifests != nil && looksLikeManifest) else {
            throw refuse("could be read as a manifest and as an index")
        }
        guard type.isIndex ? shape.manifests != nil : looksLikeManifest else {
            throw refuse("is not the '\(type)' it was announced as")
        }
    }
}
