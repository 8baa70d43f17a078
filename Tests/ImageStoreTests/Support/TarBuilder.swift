// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Writes tar archives byte by byte, so that tests can make those that no tool would.
struct TarBuilder {
    private(set) var bytes: [UInt8] = []

    /// The type flags of POSIX.
    enum Kind: Character {
        case file = "0"
        case hardLink = "1"
        case symbolicLink = "2"
        case characterDevice = "3"
        case blockDevice = "4"
        case directory = "5"
        case fifo = "6"
        case extended = "x"
    }

    /// Appends an entry.
    mutating func add(
        _ kind: Kind,
        _ name: String,
        content: [UInt8] = [],
        link: String = "",
        mode: Int = 0o644,
        owner: (user: Int, group: Int) = (0, 0),
        modified: Int = 1_700_000_000,
        device: (major: Int, minor: Int) = (0, 0),
        pax: [(String, [UInt8])] = [],
        claimedSize: Int? = nil
    ) {
        if !pax.isEmpty { add(.extended, "pax", content: Self.records(pax)) }
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int, room: Int) {
            for (index, byte) in text.utf8.prefix(room).enumerated() { header[offset + index] = byte }
        }
        func put(_ number: Int, at offset: Int, digits: Int) {
            let text = String(number, radix: 8)
            put(String(repeating: "0", count: max(0, digits - text.count)) + text, at: offset, room: digits)
        }
        put(name, at: 0, room: 100)
        put(mode, at: 100, digits: 7)
        put(owner.user, at: 108, digits: 7)
        put(owner.group, at: 116, digits: 7)
        put(claimedSize ?? content.count, at: 124, digits: 11)
        put(modified, at: 136, digits: 11)
        put(String(kind.rawValue), at: 156, room: 1)
        put(link, at: 157, room: 100)
        put("ustar\u{0}00", at: 257, room: 8)
        put(device.major, at: 329, digits: 7)
        put(device.minor, at: 337, digits: 7)
        for index in 148..<156 { header[index] = UInt8(ascii: " ") }
        put(header.reduce(0) { $0 + Int($1) }, at: 148, digits: 6)
        header[154] = 0
        bytes += header + content
        bytes += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }

    /// Appends a file with text in it.
    mutating func add(file name: String, _ text: String, mode: Int = 0o644) {
        add(.file, name, content: Array(text.utf8), mode: mode)
    }

    /// Appends a directory.
    mutating func add(directory name: String, mode: Int = 0o755) {
        add(.directory, name, mode: mode)
    }

    /// The whole archive, with its end marker.
    func finished() -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: 1_024)
    }

    /// The archive that `build` describes.
    static func archive(_ build: (inout TarBuilder) -> Void) -> [UInt8] {
        var builder = TarBuilder()
        build(&builder)
        return builder.finished()
    }

    /// Extended header records, whose length counts its own digits.
    private static func records(_ records: [(String, [UInt8])]) -> [UInt8] {
        records.flatMap { key, value in
            let body = Array(" \(key)=".utf8) + value + [UInt8(ascii: "\n")]
            var length = body.count
            while String(length).utf8.count + body.count != length { length = String(length).utf8.count + body.count }
            return Array(String(length).utf8) + body
        }
    }
}
