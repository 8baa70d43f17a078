// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc

/// The signals that the host application ignores, which a clone would pass on.
enum IgnoredSignals {
    /// Those that programs are known to ignore or stop ignoring while they run.
    private static let changing: [CInt] = [SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGUSR1, SIGUSR2, SIGCHLD]

    /// All of them as they were at the first launch: asking for each at every launch would be 62 system calls.
    private static let first: UInt64 = mask(of: (1...64).filter { $0 != SIGKILL && $0 != SIGSTOP })

    /// The mask now: bit n - 1 for signal n.
    static func now() -> UInt64 {
        let asked = changing.reduce(UInt64(0)) { $0 | bit($1) }
        return first & ~asked | mask(of: changing)
    }

    private static func mask(of signals: [CInt]) -> UInt64 {
        signals.filter(isIgnored).reduce(0) { $0 | bit($1) }
    }

    private static func bit(_ signal: CInt) -> UInt64 {
        1 << UInt64(signal - 1)
    }

    private static func isIgnored(_ signal: CInt) -> Bool {
        nestbox_ignores(signal) != 0
    }
}
