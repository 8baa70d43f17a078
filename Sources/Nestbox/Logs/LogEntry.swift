// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// One piece of a container's output, as its log keeps it: a line with its end, or a part of a very long one.
public struct LogEntry: Sendable, Hashable, Codable {
    /// What was written, repaired where it was no UTF-8.
    public var text: String
    /// Where it was written to.
    public var stream: OutputStream
    /// When, in RFC 3339 form.
    public var time: String

    /// The names of Docker's json-file driver.
    enum CodingKeys: String, CodingKey {
        case text = "log"
        case stream
        case time
    }
}

extension LogEntry {
    /// The entry as a line of a json-file log.
    ///
    /// Written by hand: it is done for each line that any container prints.
    var line: [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(text.utf8.count + 96)
        line += #"{"log":""#.utf8
        for byte in text.utf8 { Self.append(byte, to: &line) }
        line += #"","stream":""#.utf8
        line += stream.rawValue.utf8
        line += #"","time":""#.utf8
        line += time.utf8
        line += "\"}\n".utf8
        return line
    }

    /// What RFC 8259 wants escaped: quotes, backslashes and control characters.
    private static func append(_ byte: UInt8, to line: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""): line += #"\""#.utf8
        case UInt8(ascii: "\\"): line += #"\\"#.utf8
        case UInt8(ascii: "\n"): line += #"\n"#.utf8
        case UInt8(ascii: "\r"): line += #"\r"#.utf8
        case UInt8(ascii: "\t"): line += #"\t"#.utf8
        case 0..<0x20:
            let digits = Array("0123456789abcdef".utf8)
            line += #"\u00"#.utf8
            line += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        default: line.append(byte)
        }
    }
}
