// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Labels and options as one text of a row: a line `key=value` for each pair, by key.
///
/// An empty map is an empty text.
///
/// A backslash stands before what would be mistaken: `\\`, `\n` for a line feed, and `\e` for an equals sign in a key.
enum TextMap {
    static func encode(_ map: [String: String]) -> String {
        if map.isEmpty { return "" }
        var bytes: [UInt8] = []
        for (key, value) in map.sorted(by: { $0.key < $1.key }) {
            append(key, to: &bytes, isKey: true)
            bytes.append(UInt8(ascii: "="))
            append(value, to: &bytes, isKey: false)
            bytes.append(UInt8(ascii: "\n"))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func decode(_ text: String) -> [String: String] {
        if text.isEmpty { return [:] }
        var map: [String: String] = [:]
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            guard let border = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            map[unescape(line[..<border])] = unescape(line[line.index(after: border)...])
        }
        return map
    }

    private static func append(_ text: String, to bytes: inout [UInt8], isKey: Bool) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes += "\\\\".utf8
            case UInt8(ascii: "\n"): bytes += "\\n".utf8
            case UInt8(ascii: "=") where isKey: bytes += "\\e".utf8
            default: bytes.append(byte)
            }
        }
    }

    private static func unescape(_ bytes: Substring.UTF8View) -> String {
        guard bytes.contains(UInt8(ascii: "\\")) else { return String(Substring(bytes)) }
        var plain: [UInt8] = []
        var isEscaped = false
        for byte in bytes {
            if isEscaped {
                plain.append(
                    byte == UInt8(ascii: "n")
                        ? UInt8(ascii: "\n") : byte == UInt8(ascii: "e") ? UInt8(ascii: "=") : byte
                )
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                plain.append(byte)
            }
        }
        return String(decoding: plain, as: UTF8.self)
    }
}
