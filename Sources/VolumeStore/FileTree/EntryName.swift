// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// The name of a directory entry, or a relative path: bytes that need not be UTF-8, with a closing NUL.
struct EntryName: Hashable, ExpressibleByStringLiteral {
    /// The bytes, the last of which is NUL.
    let bytes: [CChar]

    init(bytes: [CChar]) {
        self.bytes = bytes
    }

    init(stringLiteral value: String) {
        self.init(value)
    }

    init(_ text: String) {
        bytes = Array(text.utf8CString)
    }

    /// As text, for messages and for names that are known to be UTF-8.
    var text: String {
        String(decoding: bytes.dropLast().lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// This path with a name below it.
    ///
    /// An empty path is the top.
    func appending(_ name: EntryName) -> EntryName {
        bytes.count == 1 ? name : EntryName(bytes: bytes.dropLast() + [CChar(UInt8(ascii: "/"))] + name.bytes)
    }
}
