// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A process of a container, as the kernel tells of it (`proc_pid_stat(5)`, `proc_pid_status(5)`).
public struct ProcessInformation: Hashable, Sendable {
    /// Its number as the host sees it.
    public var identifier: Int32
    /// Its number as the container sees it; `nil` where that is not told.
    public var identifierInContainer: Int32?
    /// Its parent as the host sees it.
    public var parent: Int32
    /// Who it runs as, as the host counts users.
    public var user: UInt32
    /// The program's name, at most 15 bytes; the container chooses it.
    public var name: String
    /// The program and its arguments; the container chooses them.
    ///
    /// Empty for a process that is ending.
    public var arguments: [String]
    /// The kernel's letter: `R` runs, `S` and `D` wait, `T` is stopped, `Z` has ended.
    public var state: Character
    /// The processor time it has used.
    public var processorTime: Duration
    /// The bytes it has in memory.
    public var residentBytes: UInt64
    /// How many threads it has.
    public var threads: Int
    /// When it started, as the machine's up time.
    public var started: Duration
}
