// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The host's ends of a program's streams, as its users see them.
struct ProgramStreams: Sendable {
    let standardInput: StandardInputWriter
    let standardOutput: ByteSequence
    let standardError: ByteSequence
    let terminal: Terminal?

    /// Takes over the host's ends of a program that has come far enough to have sent its terminal.
    ///
    /// - Throws: ``ContainerError`` if the terminal did not arrive or can't be duplicated.
    init(_ streams: consuming PreparedStreams, reactor: Reactor) throws(ContainerError) {
        var streams = streams
        if let socket = streams.terminal.take() {
            let terminal = try TerminalSocket.receive(from: socket)
            self.terminal = terminal
            standardInput = StandardInputWriter(try terminal.duplicated(), reactor: reactor, isTerminal: true)
            let output = StreamReader(try terminal.duplicated(), reactor: reactor, isTerminal: true)
            standardOutput = ByteSequence(reader: output)
            standardError = ByteSequence(reader: StreamReader(nil, reactor: reactor))
        } else {
            terminal = nil
            standardInput = StandardInputWriter(streams.input.take(), reactor: reactor)
            standardOutput = ByteSequence(reader: StreamReader(streams.output.take(), reactor: reactor))
            standardError = ByteSequence(reader: StreamReader(streams.error.take(), reactor: reactor))
        }
    }
}
