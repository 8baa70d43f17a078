// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

extension ImageStore {
    /// Writes the files below a directory, a container's mounted root say, as a tar archive that
    /// ``importRootFilesystem(archive:as:configuration:platform:created:progress:)`` reads.
    ///
    /// - Parameters:
    ///   - directory: The directory.
    ///   - archive: The file to write; it appears whole or not at all.
    ///   - compression: How the archive is compressed.
    /// - Throws: ``ImageStoreError`` with code `system`; `CancellationError`.
    public static func exportRootFilesystem(
        _ directory: FilePath,
        to archive: FilePath,
        compression: Compression = .none
    ) async throws {
        let temporary = FilePath("\(archive).\(UInt32.random(in: .min ... .max)).new")
        try await CancellationFlag.with { flag in
            try await OwnThread.run {
                do {
                    let writer = try ArchiveWriter(temporary, compression: compression)
                    try TreeArchiver(writer, cancellation: flag).write(directory)
                    try writer.finish()
                    try Directory.rename(temporary, to: archive)
                } catch {
                    try? Directory.remove(temporary)
                    throw error
                }
            }
        }
    }
}
