// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// How a stream of bytes is compressed.
public struct Compression: Sendable, Hashable, CustomStringConvertible {
    /// The format's name.
    public let description: String

    /// Not at all.
    public static let none = Compression(description: "none")
    /// DEFLATE in RFC 1952's format.
    public static let gzip = Compression(description: "gzip")
    /// Zstandard, RFC 8878.
    public static let zstd = Compression(description: "zstd")
    /// LZMA2 in the .xz format.
    public static let xz = Compression(description: "xz")
    /// bzip2.
    public static let bzip2 = Compression(description: "bzip2")

    /// What the first bytes of a stream say.
    static func detect(_ start: UnsafeRawBufferPointer) -> Compression {
        func begins(with magic: [UInt8]) -> Bool { start.starts(with: magic) }
        if begins(with: [0x1F, 0x8B]) { return .gzip }
        if begins(with: [0x28, 0xB5, 0x2F, 0xFD]) { return .zstd }
        // A skippable Zstandard frame: 0x184D2A50 to 0x184D2A5F, little endian.
        if start.count >= 4, start[0] & 0xF0 == 0x50, begins(with: [start[0], 0x2A, 0x4D, 0x18]) { return .zstd }
        if begins(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) { return .xz }
        if begins(with: [0x42, 0x5A, 0x68]) { return .bzip2 }
        return .none
    }

    /// What the first bytes of a file say.
    static func detect(in file: FilePath) throws -> Compression {
        let source = try FileSource(file)
        // The bytes belong to the source, which must outlive the look at them.
        return try withExtendedLifetime(source) { detect(try source.next()) }
    }

    /// The layer type that stores bytes compressed like this as they are, if OCI has one.
    var layerType: MediaType? {
        switch self {
        case .none: .layer
        case .gzip: .layerGzip
        case .zstd: .layerZstd
        default: nil
        }
    }
}
