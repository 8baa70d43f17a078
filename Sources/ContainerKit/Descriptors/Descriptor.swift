// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
package import SystemPackage

/// A descriptor that has one owner and is closed with it.
package struct Descriptor: ~Copyable, Sendable {
    package let rawValue: CInt

    /// Takes over a descriptor.
    package init(owning rawValue: CInt) {
        self.rawValue = rawValue
    }

    /// The descriptor, for the owner's lifetime.
    package var borrowed: FileDescriptor {
        FileDescriptor(rawValue: rawValue)
    }

    /// Gives the descriptor away; closing it is then the taker's duty.
    package consuming func release() -> CInt {
        let value = rawValue
        discard self
        return value
    }

    deinit {
        _ = Glibc.close(rawValue)
    }
}

extension Descriptor {
    /// Takes over what a shim of `CLinux` gave: a descriptor, or a negative error number.
    ///
    /// - Throws: `Errno`.
    static func take(_ result: CInt) throws(Errno) -> Descriptor {
        guard result >= 0 else { throw Errno(rawValue: -result) }
        return Descriptor(owning: result)
    }

    /// A duplicate above the standard streams, closed on execution.
    static func duplicate(_ descriptor: FileDescriptor) throws(Errno) -> Descriptor {
        let result = fcntl(descriptor.rawValue, F_DUPFD_CLOEXEC, 3)
        guard result >= 0 else { throw Errno(rawValue: Glibc.errno) }
        return try Descriptor(owning: result).aboveStandardStreams()
    }

    /// This descriptor, or a duplicate of it if it is 0, 1 or 2: those numbers are the container's streams in the child.
    consuming func aboveStandardStreams() throws(Errno) -> Descriptor {
        guard rawValue < 3 else { return self }
        let result = fcntl(rawValue, F_DUPFD_CLOEXEC, 3)
        guard result >= 0 else { throw Errno(rawValue: Glibc.errno) }
        return Descriptor(owning: result)
    }

    /// Makes reads and writes answer at once instead of waiting.
    borrowing func makeNonblocking() throws(Errno) {
        let flags = fcntl(rawValue, F_GETFL)
        guard flags >= 0, fcntl(rawValue, F_SETFL, flags | O_NONBLOCK) == 0 else { throw Errno(rawValue: Glibc.errno) }
    }
}
