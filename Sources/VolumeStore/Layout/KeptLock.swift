// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// A lock that is kept while a task waits for others.
final class KeptLock: Sendable {
    private let lock: Mutex<DirectoryLock?>

    init(_ lock: consuming DirectoryLock) {
        self.lock = Mutex(lock)
    }

    /// Lets go; a second time changes nothing.
    func release() {
        lock.withLock { $0 = nil }
    }
}
