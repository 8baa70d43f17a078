// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The name of a file, or a path of names: bytes, which need not be UTF-8.
struct FileName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The bytes as C has them, with the zero at their end.
    let bytes: [CChar]

    private static let slash = CChar(bitPattern: UInt8(ascii: "/"))

    init(_ text: String) {
        bytes = Array(text.utf8CString)
    }

    init(_ text: some Sequence<UInt8>) {
        bytes = text.map { CChar(bitPattern: $0) } + [0]
    }

    /// The bytes without the zero.
    var content: ArraySlice<CChar> { bytes.dropLast() }

    var isEmpty: Bool { bytes.count == 1 }

    /// Whether it is `.` or `..`.
    var isDots: Bool {
        bytes.count <= 3 && !isEmpty && content.allSatisfy { $0 == CChar(bitPattern: UInt8(ascii: ".")) }
    }

    /// For messages and patterns; lossy where the bytes are no UTF-8.
    var description: String {
        String(decoding: content.lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The path of a name in the directory that this is the path of; an empty path is the directory one stands in.
    func appending(_ name: FileName) -> FileName {
        if isEmpty { return name }
        if name.isEmpty { return self }
        return FileName((content + [Self.slash] + name.content).lazy.map { UInt8(bitPattern: $0) })
    }

    /// The directory and the last component.
    var split: (directory: FileName, last: FileName) {
        guard let slash = content.lastIndex(of: Self.slash) else { return (FileName(""), self) }
        return (
            FileName(content[..<slash].lazy.map { UInt8(bitPattern: $0) }),
            FileName(content[(slash + 1)...].lazy.map { UInt8(bitPattern: $0) })
        )
    }

    static func < (first: FileName, second: FileName) -> Bool {
        first.content.lexicographicallyPrecedes(second.content) { UInt8(bitPattern: $0) < UInt8(bitPattern: $1) }
    }
}
