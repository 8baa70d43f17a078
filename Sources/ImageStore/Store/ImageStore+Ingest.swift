// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension ImageStore {
    /// Begins to take in content from elsewhere; nothing shows before it is committed.
    package func beginIngest() async throws -> IngestSession {
        try await IngestSession(paths: paths, limits: limits)
    }

    /// Reads an image whose content a session holds, before it is listed.
    package func stagedManifest(_ descriptor: Descriptor, in session: IngestSession) throws -> Manifest {
        try session.content.manifest(descriptor)
    }

    /// Reads the configuration of an image whose content a session holds.
    package func stagedConfiguration(of manifest: Manifest, in session: IngestSession) throws -> ImageConfiguration {
        try session.content.configuration(of: manifest)
    }

    /// Lists an image whose content was committed, and reads it back.
    package func listCommitted(
        _ target: Descriptor,
        as reference: ImageReference?,
        platform: Platform?
    ) throws -> Image {
        try list(target, as: reference)
        return try image(at: target, reference: reference, platform: platform)
    }

    /// Lists an image whose content was committed under all these names; under none only if it is not listed yet.
    package func listCommitted(_ target: Descriptor, as references: [ImageReference]) throws -> Image {
        for reference in references { try list(target, as: reference.taggedByDefault) }
        if references.isEmpty {
            try updateIndex { index in
                if !index.manifests.contains(where: { $0.digest == target.digest }) {
                    index.manifests.append(target.named(nil))
                }
            }
        }
        return try committedImage(target, as: references.first?.taggedByDefault)
    }

    /// Reads an image whose content was committed, whether it is listed or not.
    package func committedImage(_ target: Descriptor, as reference: ImageReference?) throws -> Image {
        try image(at: target, reference: reference, platform: nil)
    }
}
