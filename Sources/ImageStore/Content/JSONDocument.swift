// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import FoundationEssentials

/// Reads and writes the JSON documents of images.
package enum JSONDocument {
    /// Reads a document; `what` says in an error what it is: "the manifest".
    ///
    /// - Throws: ``ImageStoreError`` with code `invalidContent`.
    package static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8], what: String) throws -> Value
    {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as ImageStoreError {
            throw error
        } catch {
            throw ImageStoreError(code: .invalidContent, message: "\(what) can't be read: \(Self.explain(error))")
        }
    }

    /// Writes a document: keys sorted, so that the same content always has the same digest.
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try [UInt8](encoder.encode(value))
    }

    /// The time now, in RFC 3339 form.
    static func now() -> String {
        Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    private static func explain(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "it is no JSON" }
        func place(_ path: [any CodingKey]) -> String { path.map(\.stringValue).joined(separator: ".") }
        return switch error {
        case .typeMismatch(_, let context): "'\(place(context.codingPath))' has the wrong type"
        case .valueNotFound(_, let context): "'\(place(context.codingPath))' is null"
        case .keyNotFound(let key, let context): "'\(place(context.codingPath + [key]))' is missing"
        case .dataCorrupted: "it is no valid JSON"
        @unknown default: "it is no valid document"
        }
    }
}
