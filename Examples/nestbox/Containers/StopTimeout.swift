// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How long a program may take to end, as `--time` says it.
enum StopTimeout {
    /// Seconds; less than none is a century, which is as good as without end.
    static func duration(_ seconds: Int) -> Duration {
        .seconds(seconds < 0 ? 3_155_760_000 : seconds)
    }
}
