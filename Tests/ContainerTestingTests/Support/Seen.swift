// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// Texts that tests have seen.
final class Seen: Sendable {
    private let texts = Mutex<[String]>([])

    var all: [String] { texts.withLock { $0 } }

    /// Takes note of a text.
    ///
    /// - Returns: Whether it is the first of its kind.
    @discardableResult
    func insert(_ text: String) -> Bool {
        texts.withLock { texts in
            defer { texts.append(text) }
            return !texts.contains(text)
        }
    }
}
