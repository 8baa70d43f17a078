// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// Keeps things that are no images beside images, by name: a manifest, and the blobs that it lists.
///
/// It is the seam between what has such things, a builder's cache say, and what knows registries: `ImageRegistry`'s
/// client is one.
public protocol ArtifactRegistry: Sendable {
    /// The manifest that a reference names.
    ///
    /// - Parameter reference: The name; without tag and digest, the tag `latest`.
    /// - Returns: The manifest, verified; nil if there is none of that name.
    /// - Throws: What kept it from coming, and what else the reference names if that is no manifest.
    func artifact(_ reference: ImageReference) async throws -> Manifest?

    /// Fetches a small blob.
    ///
    /// - Parameters:
    ///   - blob: The blob; what came is verified against it.
    ///   - reference: Whose it is.
    /// - Returns: Its bytes.
    /// - Throws: What kept it from coming.
    func document(_ blob: Descriptor, of reference: ImageReference) async throws -> [UInt8]

    /// Fetches a blob into a file.
    ///
    /// - Parameters:
    ///   - blob: The blob; what came is verified against it.
    ///   - reference: Whose it is.
    ///   - file: Where to write it; the file does not exist yet, and is worth nothing if this throws.
    /// - Throws: What kept it from coming.
    func fetch(_ blob: Descriptor, of reference: ImageReference, to file: FilePath) async throws

    /// Sends a manifest and what it lists; blobs that are there already are not sent.
    ///
    /// - Parameters:
    ///   - manifest: The manifest.
    ///   - reference: The name that it gets.
    ///   - content: What each blob that it lists consists of.
    /// - Throws: What kept it from going; the name then stands for what it stood for.
    func push(
        _ manifest: Manifest,
        as reference: ImageReference,
        content: @escaping @Sendable (Digest) -> ArtifactContent
    ) async throws
}

/// What a blob consists of.
public enum ArtifactContent: Sendable {
    /// These bytes.
    case bytes([UInt8])
    /// A file's.
    case file(FilePath)
}
