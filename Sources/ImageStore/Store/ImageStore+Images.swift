// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

extension ImageStore {
    /// All images, in the order they were added; one with several names is listed under each.
    ///
    /// Entries that are no images, or whose content is missing, are left out.
    public func images() throws -> [Image] {
        try readIndex().manifests.compactMap { entry in
            do {
                return try image(at: entry, reference: entry.reference, platform: nil)
            } catch let error as ImageStoreError where Self.isAboutContent(error.code) {
                return nil
            }
        }
    }

    /// The image of this name, for this platform.
    ///
    /// - Throws: ``ImageStoreError`` with code `imageNotFound`, `noMatchingPlatform` or `contentNotFound`.
    public func image(_ reference: ImageReference, platform: Platform = .current) throws -> Image {
        let wanted = reference.taggedByDefault
        let entries = try readIndex().manifests
        let entry = entries.first { $0.reference == wanted } ?? entries.first { Self.isPinned(wanted, to: $0) }
        guard let entry else {
            throw ImageStoreError.missing(reference.familiar)
        }
        return try image(at: entry, reference: wanted, platform: platform)
    }

    /// The image that a user means: by name, by id (`sha256:…` or the hexadecimal digits alone), or by at least four
    /// digits of one that no other image begins with.
    ///
    /// - Throws: ``ImageStoreError`` with code `imageNotFound` or `invalidReference`.
    public func image(_ name: String, platform: Platform = .current) throws -> Image {
        if let reference = try? ImageReference(name), let image = try imageIfListed(reference, platform) {
            return image
        }
        let hex = name.hasPrefix("sha256:") ? String(name.dropFirst("sha256:".count)) : name
        if hex.utf8.count >= 4, hex.utf8.allSatisfy(\.isLowercaseHexDigit) {
            let matches = try readIndex().manifests.flatMap(everyImage).filter {
                $0.id.hex.hasPrefix(hex) || $0.digest.hex.hasPrefix(hex)
            }
            if let first = matches.first, matches.allSatisfy({ $0.digest == first.digest }) { return first }
        }
        // Not an id: say what is wrong with the name, if something is.
        _ = try ImageReference(name)
        throw ImageStoreError.missing(name)
    }
}

extension ImageStore {
    /// The identifiers of all images that stand under the same name, one a platform, as far as they are here.
    package func identifiers(besides image: Image) -> Set<Digest> {
        Set(everyImage(at: image.target).map(\.id)).union([image.id])
    }

    private func everyImage(at entry: Descriptor) -> [Image] {
        let content = StoredContent(paths: paths, limits: limits)
        let manifests = (try? content.manifests(under: entry)) ?? []
        return manifests.compactMap { descriptor in
            guard let manifest = try? content.manifest(descriptor),
                let configuration = try? content.configuration(of: manifest)
            else { return nil }
            return Image(
                reference: entry.reference,
                target: entry.named(nil),
                manifestDescriptor: descriptor,
                manifest: manifest,
                configuration: configuration
            )
        }
    }

    private func imageIfListed(_ reference: ImageReference, _ platform: Platform) throws -> Image? {
        do {
            return try image(reference, platform: platform)
        } catch let error as ImageStoreError where error.code == .imageNotFound {
            return nil
        }
    }

    private static func isPinned(_ reference: ImageReference, to entry: Descriptor) -> Bool {
        guard let digest = reference.digest, digest == entry.digest else { return false }
        return entry.reference.map { $0.repository == reference.repository } ?? true
    }

    private static func isAboutContent(_ code: ImageStoreError.Code) -> Bool {
        [.contentNotFound, .invalidContent, .noMatchingPlatform, .digestMismatch, .invalidDigest].contains(code)
    }

    /// Reads the image that an entry of the index leads to.
    ///
    /// Without a platform it is the current one's image if there is such, else whatever there is.
    func image(at entry: Descriptor, reference: ImageReference?, platform: Platform?) throws -> Image {
        let content = StoredContent(paths: paths, limits: limits)
        let descriptor = try content.manifest(under: entry, for: platform)
        let manifest = try content.manifest(descriptor)
        return Image(
            reference: reference,
            target: entry.named(nil),
            manifestDescriptor: descriptor,
            manifest: manifest,
            configuration: try content.configuration(of: manifest)
        )
    }
}
