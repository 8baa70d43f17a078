// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A JSON text, as far as Dockerfiles need one: numbers are checked and dropped.
///
/// Source: RFC 8259.
package enum JSONValue: Equatable {
    case null
    case bool(Bool)
    case number
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// The value that `text` spells; nil when it is not one whole, valid JSON text.
    package init?(text: ScalarText) {
        var reader = JSONReader(text)
        guard let value = reader.readWhole() else { return nil }
        self = value
    }
}
