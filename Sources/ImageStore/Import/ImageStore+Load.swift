// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

extension ImageStore {
    /// Loads the images of an archive that Docker, Podman, skopeo or ``save(_:to:compression:progress:)`` wrote.
    ///
    /// Docker archives of all versions are read, and archives of OCI image layouts.
    ///
    /// - Parameters:
    ///   - archive: The archive, compressed or not.
    ///   - platform: The platform whose layers are unpacked.
    ///   - progress: Hears about each layer.
    /// - Returns: The images, each under the first name it has in the archive.
    /// - Throws: ``ImageStoreError``: `invalidContent`, `contentNotFound` or `digestMismatch` if the archive is not
    ///   whole, and the errors of unpacking; no image is then listed.
    @discardableResult
    public func load(
        _ archive: FilePath,
        platform: Platform = .current,
        progress: ProgressHandler? = nil
    ) async throws -> [Image] {
        let session = try await IngestSession(paths: paths, limits: limits)
        return try await load(archive, platform: platform, session: session, progress: progress)
    }

    /// Loads the images of an archive that comes through a pipe, or from an open file.
    ///
    /// - Throws: As ``load(_:platform:progress:)``.
    @discardableResult
    public func load(
        from input: FileDescriptor,
        platform: Platform = .current,
        progress: ProgressHandler? = nil
    ) async throws -> [Image] {
        let session = try await IngestSession(paths: paths, limits: limits)
        let archive = try await session.spool(input)
        return try await load(archive, platform: platform, session: session, progress: progress)
    }

    private func load(
        _ archive: FilePath,
        platform: Platform,
        session: IngestSession,
        progress: ProgressHandler?
    ) async throws -> [Image] {
        let directory = try await OwnThread.run { try session.layoutDirectory(archive) }
        let isLayout = try SmallFile.read(directory.appending("index.json"), limit: limits.documentSize) != nil
        if isLayout {
            return try await importLayout(directory, as: nil, platform: platform, session: session, progress: progress)
        }
        let tree = session.newPath()
        try Directory.make(tree)
        let limits = limits
        try await OwnThread.run {
            _ = try LayerExtractor(into: tree, limits: limits).extract(from: session.archiveSource(archive))
        }
        let docker = DockerArchive(session: session, tree: tree, progress: progress)
        let images = try await docker.ingest()
        return try session.commit {
            try images.map { target, names in
                for name in names.dropFirst() { try list(target, as: name) }
                try list(target, as: names.first)
                return try image(at: target, reference: names.first, platform: nil)
            }
        }
    }
}
