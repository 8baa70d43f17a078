// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import SystemPackage

/// A counter that a thread sleeps on until another raises it (`eventfd(2)`).
struct WakeUp: ~Copyable {
    let descriptor: Descriptor

    init() throws(Errno) {
        let result = eventfd(0, CInt(EFD_CLOEXEC))
        guard result >= 0 else { throw Errno(rawValue: Glibc.errno) }
        descriptor = try Descriptor(owning: result).aboveStandardStreams()
    }

    /// The descriptor alone.
    consuming func intoDescriptor() -> Descriptor {
        descriptor
    }

    /// Wakes the sleeper, now or when it next sleeps.
    borrowing func raise() {
        var one: UInt64 = 1
        _ = write(descriptor.rawValue, &one, MemoryLayout<UInt64>.size)
    }

    /// Sleeps until someone has raised it, and clears it.
    borrowing func sleep() {
        var count: UInt64 = 0
        while read(descriptor.rawValue, &count, MemoryLayout<UInt64>.size) < 0, Glibc.errno == EINTR {}
    }
}
