// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A connection's wish for a socket that its connector takes time to make.
struct ConnectRequest<Address: Sendable>: Sendable {
    let address: Address
    let connection: SourceID
    /// Which of the connection's attempts it is; an answer to an earlier one is of no use any more.
    let attempt: Int
    let port: EventLoopPort

    /// Asks the connector and hands its answer to the connection.
    func perform(_ connector: some UpstreamConnector<Address>) async {
        let answer: Answer
        do {
            answer = Answer(try await connector.connect(to: address))
        } catch {
            answer = .failed
        }
        port.submit { [connection, attempt] loop in
            guard let waiting = loop.source(connection) as? any SocketAwaiting else { return answer.discard() }
            waiting.receive(answer, attempt: attempt)
        }
    }
}

/// A source that awaits a socket.
protocol SocketAwaiting: EventSource {
    /// Takes the connector's answer, and with it the descriptor.
    func receive(_ answer: Answer, attempt: Int)
}
