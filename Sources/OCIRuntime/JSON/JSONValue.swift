// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A value in JSON (RFC 8259).
package enum JSONValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    /// As it is written: what it is read as decides whether it fits.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// A whole number.
    package static func integer(_ value: some BinaryInteger) -> JSONValue {
        .number(String(value))
    }

    package static func strings(_ values: some Sequence<String>) -> JSONValue {
        .array(values.map { .string($0) })
    }
}

extension JSONValue: CustomStringConvertible {
    /// The text, without a space more than needed; members in the order of their keys.
    package var description: String {
        switch self {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .number(let text): text
        case .string(let text): Self.quoted(text)
        case .array(let values): "[" + values.map(\.description).joined(separator: ",") + "]"
        case .object(let members):
            "{" + Self.sorted(members).map { "\(Self.quoted($0)):\($1)" }.joined(separator: ",") + "}"
        }
    }

    /// The text in lines that a person reads.
    package func lines(indentation: String = "") -> String {
        let deeper = indentation + "    "
        switch self {
        case .array(let values) where !values.isEmpty:
            return "[\n" + values.map { deeper + $0.lines(indentation: deeper) }.joined(separator: ",\n")
                + "\n\(indentation)]"
        case .object(let members) where !members.isEmpty:
            let parts = Self.sorted(members).map { "\(deeper)\(Self.quoted($0)): \($1.lines(indentation: deeper))" }
            return "{\n" + parts.joined(separator: ",\n") + "\n\(indentation)}"
        default: return description
        }
    }

    private static func sorted(_ members: [String: JSONValue]) -> [(String, JSONValue)] {
        members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
