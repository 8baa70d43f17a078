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
}
