// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

extension ImageStore {
    /// Saves images to an archive that Docker, Podman, skopeo and ``load(_:platform:progress:)`` read.
    ///
    /// It is an OCI image layout and a Docker archive in one: `index.json` and `manifest.json` name the same blobs.
    ///
    /// - Parameters:
    ///   - images: The images. One that was pulled for a single platform is saved for that platform.
    ///   - archive: The file to write; it appears whole or not at all.
    ///   - compression: How the archive is compressed. Layers mostly are already.
    ///   - progress: Hears about each blob.
    /// - Throws: ``ImageStoreError`` with code `contentNotFound` or `system`.
    public func save(
        _ images: [Image],
        to archive: FilePath,
        compression: Compression = .none,
        progress: ProgressHandler? = nil
    ) async throws {
        try await save(images, .file(archive), compression, progress)
    }

    /// Saves images into a pipe or an open file, in the form of ``save(_:to:compression:progress:)``.
    ///
    /// - Throws: ``ImageStoreError`` with code `contentNotFound` or `system`; what was written until then is no whole
    ///   archive.
    public func save(
        _ images: [Image],
        into output: FileDescriptor,
        compression: Compression = .none,
        progress: ProgressHandler? = nil
    ) async throws {
        try await save(images, .descriptor(output), compression, progress)
    }

    private func save(
        _ images: [Image],
        _ output: ArchiveOutput,
        _ compression: Compression,
        _ progress: ProgressHandler?
    ) async throws {
        let hold = try await holdContent()
        try await output.write(compression: compression) { writer, flag in
            try ImageExport(hold: hold, cancellation: flag, progress: progress).write(images, to: writer)
        }
    }
}
