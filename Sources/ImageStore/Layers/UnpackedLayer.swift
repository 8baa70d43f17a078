// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A layer's directory in the store: the unpacked files, a record of what they are, and a file to hold a lease on.
struct UnpackedLayer: Sendable {
    let directory: FilePath

    /// The files, in the form overlayfs stacks.
    var root: FilePath { directory.appending("root") }

    /// Held shared by everyone who uses the files.
    var lease: FilePath { directory.appending("lease") }

    private var recordFile: FilePath { directory.appending("record.json") }

    /// What is known about an unpacked layer.
    struct Record: Codable, Sendable {
        var diffID: Digest
        var summary: LayerExtractor.Summary
        /// The boot during which the files were written; `nil` once they are known to be on the disk.
        var writtenInBoot: String?
        /// When the files were written, in seconds since 1970.
        var writtenAt: Int
    }

    /// The record, if the layer is whole.
    ///
    /// Unpacked files are not synced one by one: their blob was, and they can be unpacked from it again. So files from
    /// a boot that ended before they were known to be on the disk are not trusted.
    func record() throws -> Record? {
        guard let bytes = try SmallFile.read(recordFile, limit: 1 << 16) else { return nil }
        let record = try JSONDocument.decode(Record.self, from: bytes, what: "the record of an unpacked layer")
        if let boot = record.writtenInBoot, boot != Self.currentBoot { return nil }
        return record
    }

    /// Writes the record: from here on the layer is whole.
    func write(_ record: Record) throws {
        try SmallFile.replace(recordFile, with: JSONDocument.encode(record))
    }

    /// The kernel's name for the time since the machine started.
    static let currentBoot: String = {
        let path = FilePath("/proc/sys/kernel/random/boot_id")
        guard let file = try? OpenFile(path, O_RDONLY) else { return "unknown" }
        let block = Block()
        let count = (try? file.read(into: block.memory, at: 0, path: path.string)) ?? 0
        return String(decoding: block.memory[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }()
}
