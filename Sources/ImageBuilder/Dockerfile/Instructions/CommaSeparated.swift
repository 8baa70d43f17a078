// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Reads the fields of a flag's value: one line of CSV.
///
/// Source: RFC 4180, without line breaks in fields.
enum CommaSeparated {
    static func fields(of line: String) throws(ValueError) -> [String] {
        var text = ScalarText(text: line)
        if text.last == "\n" {
            text.removeLast()
            if text.last == "\r" { text.removeLast() }
        }
        guard !text.isEmpty else { throw ValueError("the value is empty") }
        var cursor = ScalarCursor(text)
        var fields: [String] = []
        repeat {
            fields.append(try cursor.peek == "\"" ? quoted(&cursor) : plain(&cursor))
        } while cursor.take(",")
        return fields
    }

    private static func plain(_ cursor: inout ScalarCursor) throws(ValueError) -> String {
        var field = String.UnicodeScalarView()
        while let scalar = cursor.peek, scalar != "," {
            if scalar == "\"" { throw ValueError("a \" must stand at the start and the end of a field") }
            field.append(scalar)
            cursor.next()
        }
        return String(field)
    }

    private static func quoted(_ cursor: inout ScalarCursor) throws(ValueError) -> String {
        cursor.next()
        var field = String.UnicodeScalarView()
        while let scalar = cursor.next() {
            guard scalar == "\"" else {
                field.append(scalar)
                continue
            }
            // Two quotes are one of the text.
            if cursor.take("\"") {
                field.append("\"")
            } else if cursor.isAtEnd || cursor.peek == "," {
                return String(field)
            } else {
                break
            }
        }
        throw ValueError("a quoted field must end with \" before the next comma")
    }
}
