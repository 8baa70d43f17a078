// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Duration {
    /// How long a program may take to end, where that is said in whole seconds.
    ///
    /// Less than none means without end, and a century is as good as that.
    package static func gracePeriod(seconds: Int) -> Duration {
        .seconds(seconds < 0 ? 3_155_760_000 : seconds)
    }
}
