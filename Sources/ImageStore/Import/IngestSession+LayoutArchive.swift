// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CArchive
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension IngestSession {
    /// The directory of a layout; one that comes as an archive is unpacked into the session first.
    ///
    /// Only the files that a layout has are taken from the archive, and only as files.
    func layoutDirectory(_ layout: FilePath) throws -> FilePath {
        let file = try OpenFile(layout, O_RDONLY)
        let status = try file.status(path: layout.string)
        if status.st_mode & S_IFMT == S_IFDIR { return layout }
        let directory = newPath()
        try Directory.make(directory.appending("blobs").appending(Digest.algorithm))
        try unpackLayout(from: ArchiveReader(.tar, from: archiveSource(layout)), into: directory)
        return directory
    }

    /// The content of an archive, decompressed if it needs to be.
    func archiveSource(_ archive: FilePath) throws -> any ByteSource {
        let compression = try Compression.detect(in: archive)
        let source = try FileSource(archive)
        guard compression != .none else { return source }
        return try DecompressedSource(source, compression: compression, limit: limits.archiveSize)
    }

    private func unpackLayout(from reader: ArchiveReader, into directory: FilePath) throws {
        var entries = 0
        while let raw = try reader.nextEntry() {
            entries += 1
            guard entries <= limits.entries else {
                throw ImageStoreError(
                    code: .limitExceeded,
                    message: "the archive has more than \(limits.entries) entries"
                )
            }
            let entry = try LayerEntry(raw, limits: limits)
            guard case .file = entry.kind, let name = Self.layoutName(entry.path) else { continue }
            let target = directory.appending(name)
            let file = try OpenFile(target, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW)
            while let (bytes, offset) = try reader.nextData() {
                try file.write(bytes, at: offset, path: target.string)
            }
        }
    }

    /// The path of a file that belongs to a layout, or `nil` for any other.
    private static func layoutName(_ path: LayerPath) -> String? {
        let components = path.components
        switch components.count {
        case 1 where ["oci-layout", "index.json", "manifest.json"].contains(components[0]):
            return path.description
        case 3 where components[0] == "blobs" && components[1] == Digest.algorithm:
            let name = components[2].utf8
            return name.count == 64 && name.allSatisfy(\.isLowercaseHexDigit) ? path.description : nil
        default:
            return nil
        }
    }
}
