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
        let hold = try await holdContent()
        let temporary = FilePath("\(archive).\(UInt32.random(in: .min ... .max)).new")
        try await CancellationFlag.with { flag in
            try await OwnThread.run {
                do {
                    let export = ImageExport(hold: hold, cancellation: flag, progress: progress)
                    try export.write(images, to: temporary, compression: compression)
                    try Directory.rename(temporary, to: archive)
                } catch {
                    try? Directory.remove(temporary)
                    throw error
                }
            }
        }
    }
}
