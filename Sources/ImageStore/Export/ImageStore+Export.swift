// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

extension ImageStore {
    /// Writes the files below a directory, a container's mounted root say, as a tar archive that
    /// ``importRootFilesystem(archive:as:configuration:platform:created:comment:progress:)`` reads.
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
        try await export(directory, .file(archive), compression)
    }

    /// Writes the files below a directory into a pipe or an open file, as a tar archive.
    ///
    /// - Throws: ``ImageStoreError`` with code `system`; `CancellationError`.
    public static func exportRootFilesystem(
        _ directory: FilePath,
        into output: FileDescriptor,
        compression: Compression = .none
    ) async throws {
        try await export(directory, .descriptor(output), compression)
    }

    private static func export(
        _ directory: FilePath,
        _ output: ArchiveOutput,
        _ compression: Compression
    ) async throws {
        try await output.write(compression: compression) { writer, flag in
            try TreeArchiver(writer, cancellation: flag).write(directory)
        }
    }
}
