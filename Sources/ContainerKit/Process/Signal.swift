// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A signal, by the kernel's number (`signal(7)`).
public struct Signal: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The kernel's number.
    public let rawValue: CInt

    /// Creates a signal from the kernel's number.
    public init(rawValue: CInt) {
        self.rawValue = rawValue
    }

    /// Creates a signal as Docker's `--signal` and an image's `StopSignal` write it.
    ///
    /// - Parameter text: `SIGTERM`, `TERM`, `15`, `RTMIN+3`; in any case.
    public init?(_ text: String) {
        var key = text.uppercased()
        if key.hasPrefix("SIG") { key.removeFirst(3) }
        if let number = CInt(text), (1...64).contains(number) {
            self.init(rawValue: number)
        } else if let number = Self.names.firstIndex(of: key) {
            self.init(rawValue: CInt(number) + 1)
        } else if key == "RTMIN" {
            self.init(rawValue: Self.firstRealTime)
        } else if key.hasPrefix("RTMIN+"), let offset = CInt(key.dropFirst(6)), (0...30).contains(offset) {
            self.init(rawValue: Self.firstRealTime + offset)
        } else if key.hasPrefix("RTMAX-"), let offset = CInt(key.dropFirst(6)), (0...30).contains(offset) {
            self.init(rawValue: 64 - offset)
        } else {
            return nil
        }
    }

    /// The name, such as `SIGTERM`.
    public var description: String {
        if rawValue >= 1, Int(rawValue) <= Self.names.count { return "SIG" + Self.names[Int(rawValue) - 1] }
        return rawValue >= Self.firstRealTime ? "SIGRTMIN+\(rawValue - Self.firstRealTime)" : "signal \(rawValue)"
    }

    /// glibc keeps the first two real-time signals for itself.
    private static let firstRealTime: CInt = 34

    private static let names = [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS",
    ]

    /// Ask to end (`SIGTERM`).
    public static let terminate = Signal(rawValue: 15)
    /// End at once (`SIGKILL`).
    public static let kill = Signal(rawValue: 9)
    /// Interrupt, as from a keyboard (`SIGINT`).
    public static let interrupt = Signal(rawValue: 2)
    /// Hang up; by custom, read the configuration again (`SIGHUP`).
    public static let hangUp = Signal(rawValue: 1)
    /// Quit, as from a keyboard (`SIGQUIT`).
    public static let quit = Signal(rawValue: 3)
    /// For the program's own use (`SIGUSR1`).
    public static let user1 = Signal(rawValue: 10)
    /// For the program's own use (`SIGUSR2`).
    public static let user2 = Signal(rawValue: 12)
}
