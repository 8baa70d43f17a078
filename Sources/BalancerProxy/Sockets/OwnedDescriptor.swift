// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// A descriptor with one owner, closed when the owner is gone.
struct OwnedDescriptor: ~Copyable, Sendable {
    let number: CInt

    init(_ number: CInt) {
        self.number = number
    }

    deinit {
        _ = close(number)
    }

    /// Gives the descriptor up without closing it.
    consuming func release() -> CInt {
        let number = number
        discard self
        return number
    }
}
