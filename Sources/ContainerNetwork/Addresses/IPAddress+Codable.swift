// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension IPAddress: Codable {
    /// Reads an address as it is written.
    ///
    /// - Parameter decoder: Where it is written.
    /// - Throws: `DecodingError` if there is no text, or none that is an IP address.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let address = IPAddress(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is not an IP address")
        }
        self = address
    }

    /// Writes the address as a person would.
    ///
    /// - Parameter encoder: Where to write it.
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension IPPrefix: Codable {
    /// Reads a prefix as it is written.
    ///
    /// - Parameter decoder: Where it is written.
    /// - Throws: `DecodingError` if there is no text, or none that is an IP prefix.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let prefix = IPPrefix(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is not an IP prefix")
        }
        self = prefix
    }

    /// Writes the prefix as a person would.
    ///
    /// - Parameter encoder: Where to write it.
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
