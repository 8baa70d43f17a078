// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

package import SystemPackage

/// A tar archive that is to be unpacked as files, whatever it is for: what `ADD` of a Dockerfile does.
package enum LayerArchive {
    /// Whether a file is a tar archive, plain or compressed with gzip, bzip2, xz or zstd.
    ///
    /// As with `file(1)`, the content decides, not the name.
    package static func isArchive(_ file: FilePath) -> Bool {
        do {
            let compression = try Compression.detect(in: file)
            let raw = try FileSource(file)
            let source: any ByteSource =
                compression == .none ? raw : try DecompressedSource(raw, compression: compression, limit: .max)
            // An empty file would pass as an empty archive.
            let start = try withExtendedLifetime(source) { Array(try source.next().prefix(512)) }
            return isHeader(start)
        } catch {
            return false
        }
    }

    /// Unpacks an archive into an empty directory.
    ///
    /// - Throws: ``ImageStoreError``: `hostileArchive`, `invalidArchive`, `limitExceeded` or `system`.
    package static func unpack(_ archive: FilePath, into directory: FilePath, limits: LayerLimits) async throws {
        _ = try await LayerUnpacker(limits: limits).unpack(archive, into: directory)
    }

    /// Whether the block is the header of a tar entry: its checksum fits.
    ///
    /// Source: POSIX pax, "ustar Interchange Format".
    static func isHeader(_ block: [UInt8]) -> Bool {
        guard block.count == 512, block[0] != 0 else { return false }
        let field = 148..<156
        let digits = block[field].drop { $0 == UInt8(ascii: " ") }.prefix { (0x30...0x37).contains($0) }
        guard let wanted = Int(String(decoding: digits, as: UTF8.self), radix: 8) else { return false }
        let sum = block.indices.reduce(0) { $0 + (field.contains($1) ? 0x20 : Int(block[$1])) }
        return sum == wanted
    }
}
