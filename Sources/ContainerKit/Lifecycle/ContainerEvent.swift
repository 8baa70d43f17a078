// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Something that happened to a container.
public enum ContainerEvent: Hashable, Sendable {
    /// The kernel has killed processes because the memory limit was reached: how many so far.
    case outOfMemory(kills: UInt64)
    /// The program has ended; the last event.
    case exited(TerminationStatus)
}
