// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A message to the server.
struct PostgresMessage {
    private var body: [UInt8] = []

    mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { body += $0 }
    }

    mutating func append(_ text: String) {
        body += text.utf8
        body.append(0)
    }

    /// Appends a text after its length; -1 stands for NULL.
    mutating func append(counted text: String?) {
        append(Int32(text?.utf8.count ?? -1))
        body += Array((text ?? "").utf8)
    }

    /// The message with its kind, which the first one has not, and its length.
    func framed(as kind: Character?) -> [UInt8] {
        var head = PostgresMessage()
        if let kind = kind?.asciiValue { head.body.append(kind) }
        head.append(Int32(body.count + 4))
        return head.body + body
    }
}

/// Reads what is in a message of the server.
struct PostgresReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    mutating func integer() -> Int32 {
        Int32(bitPattern: take(4).reduce(0) { $0 << 8 | UInt32($1) })
    }

    /// The fields of a row (`DataRow`).
    mutating func row() -> [String?] {
        let count = take(2).reduce(0) { $0 << 8 | Int($1) }
        return (0..<count).map { _ in
            let size = Int(integer())
            return size < 0 ? nil : String(decoding: take(size), as: UTF8.self)
        }
    }

    /// What has gone wrong (`ErrorResponse`): fields of a letter and a text each.
    mutating func failure() -> PostgresConnection.Failure {
        var fields: [UInt8: String] = [:]
        while let kind = rest.popFirst(), kind != 0 {
            fields[kind] = String(decoding: rest.prefix { $0 != 0 }, as: UTF8.self)
            rest = rest.drop { $0 != 0 }.dropFirst()
        }
        return PostgresConnection.Failure(
            code: fields[UInt8(ascii: "C")] ?? "",
            description: fields[UInt8(ascii: "M")] ?? "the server gave no reason"
        )
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8> {
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
