// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import ImageStore

/// The digest of what is copied: names, types, permissions, owners, attributes and contents.
///
/// Times are no part of it, and of a directory that is copied neither are its own permissions: copies of its content
/// come out the same.
struct TreeDigest {
    private let hash = SHA256()
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 4_096)

    /// The digest of a tree as hexadecimal text.
    static func digest(of tree: SelectedTree, cancellation: CancellationFlag) throws -> String {
        var digest = TreeDigest()
        defer { digest.buffer.deallocate() }
        for entry in tree.entries {
            try cancellation.check()
            try digest.add(entry, of: tree)
        }
        return Hexadecimal.text(digest.hash.finalize())
    }

    private mutating func add(_ entry: SelectedTree.Entry, of tree: SelectedTree) throws {
        var encoder = CacheEncoder()
        encoder.encode(entry.path.bytes.map { UInt8(bitPattern: $0) })
        encoder.encode(UInt64(entry.status.type))
        if !entry.path.isEmpty || !tree.isDirectory { try addStatus(of: entry, tree, to: &encoder) }
        hash.update(encoder.bytes)
    }

    private mutating func addStatus(
        of entry: SelectedTree.Entry,
        _ tree: SelectedTree,
        to encoder: inout CacheEncoder
    ) throws {
        let owner = tree.owner(of: entry)
        encoder.encode(UInt64(owner.user))
        encoder.encode(UInt64(owner.group))
        switch entry.status.type {
        case S_IFLNK:
            encoder.encode(try tree.target(of: entry))
        case S_IFREG:
            encoder.encode(UInt64(entry.status.permissions))
            let file = try tree.open(entry)
            let content = SHA256()
            try file.read(through: buffer) { (part) throws(ImageBuilderError) in content.update(part) }
            encoder.encode(content.finalize())
            try addAttributes(of: file, to: &encoder)
        case S_IFDIR:
            encoder.encode(UInt64(entry.status.permissions))
        default:
            encoder.encode(UInt64(entry.status.permissions))
            encoder.encode(UInt64(entry.status.device))
        }
    }

    private func addAttributes(of file: OpenFile, to encoder: inout CacheEncoder) throws {
        for (name, value) in try ExtendedAttributes.read(file.number) where ExtendedAttributes.belongInArchive(name) {
            encoder.encode(name)
            encoder.encode(value)
        }
    }
}

/// Bytes as text.
enum Hexadecimal {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self
        )
    }
}
