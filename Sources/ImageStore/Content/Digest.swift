// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The SHA-256 digest that names a piece of content: `sha256:` and 64 lower-case hexadecimal digits.
///
/// Source: OCI image specification, "Descriptor", section "Digests".
public struct Digest: Sendable, Hashable {
    /// The 64 hexadecimal digits, without the algorithm.
    public let hex: String

    /// The algorithm's name.
    public static let algorithm = "sha256"

    /// Parses a digest.
    ///
    /// - Throws: ``ImageStoreError`` with code `invalidDigest` if the text is malformed or names another algorithm.
    public init(_ text: String) throws(ImageStoreError) {
        guard let colon = text.firstIndex(of: ":") else {
            throw ImageStoreError(code: .invalidDigest, message: "'\(text)' is no digest: the algorithm is missing")
        }
        guard text[..<colon] == Self.algorithm else {
            throw ImageStoreError(
                code: .invalidDigest,
                message: "'\(text)' is no usable digest: '\(text[..<colon])' is not supported, only \(Self.algorithm)"
            )
        }
        let hex = text[text.index(after: colon)...]
        guard hex.utf8.count == 64, hex.utf8.allSatisfy(\.isLowercaseHexDigit) else {
            throw ImageStoreError(
                code: .invalidDigest,
                message: "'\(text)' is no digest: 64 lower-case hexadecimal digits must follow '\(Self.algorithm):'"
            )
        }
        self.hex = String(hex)
    }

    /// The digest of some bytes.
    public init(of bytes: [UInt8]) {
        self.init(SHA256.hash(bytes))
    }

    /// The digest that a hash function came to.
    init(_ hash: [UInt8]) {
        hex = hash.lazy.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    init(uncheckedHex hex: String) {
        self.hex = hex
    }
}

extension Digest: CustomStringConvertible {
    /// The whole digest: `sha256:…`.
    public var description: String { "\(Self.algorithm):\(hex)" }

    /// The first twelve digits, as lists of images show them.
    public var short: String { String(hex.prefix(12)) }
}

extension Digest: Codable {
    /// Reads a digest from a string.
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the digest as a string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
