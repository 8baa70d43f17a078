// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

extension StoreOperations {
    /// Writes what is below `source` to the descriptor.
    func exportArchive(
        _ source: FilePath,
        to descriptor: FileDescriptor,
        _ options: ExportOptions
    ) throws(VolumeError) -> ArchiveSummary {
        let stream = ArchiveStream(descriptor, report: options.progress)
        return try BrokenPipe.held { () throws(VolumeError) in
            try UTF8Locale.with { () throws(VolumeError) in
                try TreeExport.run(source, to: stream, compression: options.compression)
            }
        }
    }

    /// Makes an archive the volume's content, whole or not at all.
    func importArchive(
        _ name: String,
        from descriptor: FileDescriptor,
        _ options: ImportOptions
    ) throws(VolumeError) -> ArchiveSummary {
        let record = try catalog.read { try VolumeRecord.require(name, $0) }
        let stream = ArchiveStream(descriptor, report: options.progress)
        var summary = ArchiveSummary()
        try replaceContent(of: record, ifEmpty: !options.replacesContent) { target throws(VolumeError) in
            summary = try UTF8Locale.with { () throws(VolumeError) in try TreeImport.run(from: stream, to: target) }
            // What fed the pipe has failed: even an archive without files has an end.
            guard summary.archiveBytes > 0 else { throw VolumeError(.invalidArchive, "the archive is empty") }
            guard options.expectedDigest == nil || options.expectedDigest == summary.digest else {
                throw VolumeError(
                    .invalidArchive,
                    "the archive has the digest \(summary.digest), not \(options.expectedDigest ?? "")"
                )
            }
        }
        return summary
    }
}
