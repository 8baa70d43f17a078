// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// Finds the end of a head in bytes that come little by little, and looks at each byte once only.
struct HeadScanner {
    private var scanned = 0

    /// Looks for the blank line.
    ///
    /// - Parameters:
    ///   - bytes: All bytes from the head's first on.
    ///   - limit: The most bytes that a head may have.
    /// - Returns: The head's length with the blank line; nil if its end has not come yet.
    /// - Throws: ``HTTPSyntaxError`` for a bare line feed, and for a head without end.
    mutating func findEnd(in bytes: UnsafeRawBufferPointer, limit: Int) throws(HTTPSyntaxError) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        let reach = min(bytes.count, limit)
        while scanned < reach, let found = memchr(base + scanned, CInt(ASCII.lineFeed), reach - scanned) {
            let index = UnsafeRawPointer(found) - base
            guard index > 0, bytes[index - 1] == ASCII.carriageReturn else { throw .bareLineFeed }
            scanned = index + 1
            if index == 1 || index >= 3 && bytes[index - 2] == ASCII.lineFeed { return scanned }
        }
        scanned = max(scanned, reach)
        guard bytes.count >= limit else { return nil }
        let firstLine = memchr(base, CInt(ASCII.lineFeed), reach)
        throw firstLine == nil ? .targetTooLong : .headTooLarge
    }
}
