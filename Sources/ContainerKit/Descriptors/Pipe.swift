// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import SystemPackage

/// A pipe; both ends are closed on execution.
struct Pipe: ~Copyable {
    let read: Descriptor
    let write: Descriptor

    /// - Throws: `Errno`.
    init() throws(Errno) {
        var readEnd: CInt = -1
        var writeEnd: CInt = -1
        let result = nestbox_pipe(&readEnd, &writeEnd)
        guard result == 0 else { throw Errno(rawValue: -result) }
        read = Descriptor(owning: readEnd)
        write = Descriptor(owning: writeEnd)
    }

    /// The end to read from; the other one goes to `other`.
    consuming func takeRead(leavingWriteTo other: inout Descriptor?) -> Descriptor {
        other = consume write
        return read
    }

    /// The end to write to; the other one goes to `other`.
    consuming func takeWrite(leavingReadTo other: inout Descriptor?) -> Descriptor {
        other = consume read
        return write
    }
}
