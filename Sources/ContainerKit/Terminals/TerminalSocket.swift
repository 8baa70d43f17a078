// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import SystemPackage

/// The two ends of what a terminal is sent through, from the stage to the host.
struct TerminalSocket: ~Copyable {
    let host: Descriptor
    let stage: Descriptor

    /// - Throws: `Errno`.
    init() throws(Errno) {
        var one: CInt = -1
        var other: CInt = -1
        let result = nestbox_socket_pair(&one, &other)
        guard result == 0 else { throw Errno(rawValue: -result) }
        let unplaced = Descriptor(owning: other)
        let first = try Descriptor(owning: one).aboveStandardStreams()
        let second = try unplaced.aboveStandardStreams()
        host = first
        stage = second
    }

    /// The host's end; the other one goes to `other`.
    consuming func takeHost(leavingStageTo other: inout Descriptor?) -> Descriptor {
        other = consume stage
        return host
    }

    /// Takes the terminal that a stage has sent.
    static func receive(from socket: borrowing Descriptor) throws(ContainerError) -> Terminal {
        do {
            let terminal = try Descriptor.take(nestbox_receive_descriptor(socket.rawValue)).aboveStandardStreams()
            try terminal.makeNonblocking()
            return Terminal(terminal)
        } catch {
            throw ContainerError(.io, "the program's terminal did not arrive", operation: "recvmsg", errno: error)
        }
    }
}
