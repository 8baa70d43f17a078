// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

extension VolumeStore {
    /// Writes the content of a volume as a tar archive (pax format), which `podman volume import` and `tar` read.
    ///
    /// - Parameters:
    ///   - name: The volume. It may be mounted.
    ///   - descriptor: Where to write; a pipe will do. It stays the caller's.
    ///   - options: Compression, a pause for writers, progress.
    /// - Returns: What was written, with its digest.
    /// - Throws: ``VolumeError`` with `notFound`, `unsupported`, `inputOutput`, and what the pause throws.
    @discardableResult
    public func exportArchive(
        _ name: String,
        to descriptor: FileDescriptor,
        options: ExportOptions = ExportOptions()
    ) async throws -> ArchiveSummary {
        try await withQuietSource(name, options.pause) { [operations] source throws(VolumeError) in
            try operations.exportArchive(source, to: descriptor, options)
        } finish: {
            $0
        } discard: { _ in
        }
    }

    /// Makes a tar archive the content of a volume, in any tar format and compression.
    ///
    /// The new content takes the place of the old in one step, at the end: an archive that is damaged, too large or has
    /// a path that leads out of the volume changes nothing.
    ///
    /// - Parameters:
    ///   - name: The volume, which nobody has mounted.
    ///   - descriptor: Where to read; a pipe will do. It stays the caller's.
    ///   - options: Whether content may be replaced, an expected digest, progress.
    /// - Returns: What was read, with its digest.
    /// - Throws: ``VolumeError`` with `notFound`, `inUse`, `notEmpty`, `invalidArchive`, `noSpace`, `unsupported`.
    @discardableResult
    public func importArchive(
        _ name: String,
        from descriptor: FileDescriptor,
        options: ImportOptions = ImportOptions()
    ) async throws(VolumeError) -> ArchiveSummary {
        try await BlockingWork.run { [operations] () throws(VolumeError) in
            try operations.importArchive(name, from: descriptor, options)
        }
    }
}
