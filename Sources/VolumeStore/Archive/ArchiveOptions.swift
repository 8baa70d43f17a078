// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How a volume's content is written as an archive.
public struct ExportOptions: Sendable {
    /// What the tar stream is wrapped in.
    public var compression: ArchiveCompression = .none

    /// Keeps writers still while the content is read.
    public var pause: VolumeStore.WriterPause?

    /// Is told how far it has come, a few times a second at most on a thread of the store.
    public var progress: (@Sendable (ArchiveProgress) -> Void)?

    /// Plain tar, no pause.
    public init() {}
}

/// How an archive becomes a volume's content.
public struct ImportOptions: Sendable {
    /// Whether content that the volume has may be replaced; else the volume must be empty.
    public var replacesContent = false

    /// The digest that the archive must have, as ``ArchiveSummary/digest``; the volume is left as it was if it differs.
    public var expectedDigest: String?

    /// Is told how far it has come, a few times a second at most on a thread of the store.
    public var progress: (@Sendable (ArchiveProgress) -> Void)?

    /// Into an empty volume, with any digest.
    public init() {}
}

/// What a tar stream is wrapped in.
///
/// Reading recognises it by itself.
public struct ArchiveCompression: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The name, such as `zstd`.
    public let rawValue: String

    /// Takes a name.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The name.
    public var description: String { rawValue }

    /// Nothing, as `podman volume export` writes it.
    public static let none = Self(rawValue: "none")
    /// Zstandard (RFC 8878).
    public static let zstd = Self(rawValue: "zstd")
    /// gzip (RFC 1952).
    public static let gzip = Self(rawValue: "gzip")
}

/// How far an export or import has come.
public struct ArchiveProgress: Sendable, Hashable {
    /// Files, directories and links so far.
    public internal(set) var entries = 0
    /// Bytes of the archive so far.
    public internal(set) var archiveBytes: Int64 = 0
}

/// What an export wrote or an import read.
public struct ArchiveSummary: Sendable, Hashable {
    /// Files, directories and links.
    public internal(set) var entries = 0
    /// Bytes of the archive.
    public internal(set) var archiveBytes: Int64 = 0
    /// `sha256:` and the SHA-256 of the archive's bytes in hexadecimal.
    public internal(set) var digest = ""
    /// Paths that a tar archive can't hold: sockets.
    public internal(set) var skipped: [String] = []
}
