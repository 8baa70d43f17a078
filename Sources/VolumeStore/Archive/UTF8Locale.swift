// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// libarchive translates names by the thread's locale, and a Swift program's is "C" unless it says otherwise; in that,
/// names beyond ASCII would be lost.
enum UTF8Locale {
    /// Runs `body` with the character set of `C.UTF-8` on this thread.
    static func with<Value>(_ body: () throws(VolumeError) -> Value) throws(VolumeError) -> Value {
        guard let locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil) else { return try body() }
        let previous = uselocale(locale)
        defer {
            uselocale(previous)
            freelocale(locale)
        }
        return try body()
    }
}
