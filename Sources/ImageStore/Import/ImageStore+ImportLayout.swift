// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

extension ImageStore {
    /// Imports the images of an OCI image layout: a directory, or a tar archive of one, compressed or not.
    ///
    /// Every blob is verified, and the layers for the wanted platform are unpacked, before any image is listed.
    /// Manifests for other platforms are kept as far as the layout has their content.
    ///
    /// - Parameters:
    ///   - layout: The directory's or archive's path.
    ///   - reference: The name for the layout's image, if it has just one; else the names in the layout are used, and an
    ///     image without a usable name is listed without one.
    ///   - platform: The platform whose layers are unpacked.
    ///   - progress: Hears about each layer.
    /// - Returns: The images, as the layout lists them.
    /// - Throws: ``ImageStoreError``: `invalidContent`, `contentNotFound` or `digestMismatch` if the layout is not
    ///   whole, `noMatchingPlatform`, and the errors of unpacking; no image is then listed.
    @discardableResult
    public func importLayout(
        _ layout: FilePath,
        as reference: ImageReference? = nil,
        platform: Platform = .current,
        progress: ProgressHandler? = nil
    ) async throws -> [Image] {
        let session = try await IngestSession(paths: paths, limits: limits)
        let directory = try await OwnThread.run { try session.layoutDirectory(layout) }
        return try await importLayout(
            directory,
            as: reference,
            platform: platform,
            session: session,
            progress: progress
        )
    }

    /// Imports a layout's directory in a session that may hold it.
    func importLayout(
        _ directory: FilePath,
        as reference: ImageReference?,
        platform: Platform,
        session: IngestSession,
        progress: ProgressHandler?
    ) async throws -> [Image] {
        let entries = try LayoutReader(directory: directory, limits: limits).entries()
        guard reference == nil || entries.count == 1 else {
            throw ImageStoreError(
                code: .invalidContent,
                message: "the layout has \(entries.count) images, so it can't be imported under one name"
            )
        }
        let ingest = LayoutIngest(session: session, source: directory, platform: platform, progress: progress)
        for entry in entries { try await ingest.add(entry) }
        return try session.commit {
            try entries.map { entry in
                let name = reference?.taggedByDefault ?? entry.reference
                try list(entry, as: name)
                return try image(at: entry, reference: name, platform: platform)
            }
        }
    }
}
