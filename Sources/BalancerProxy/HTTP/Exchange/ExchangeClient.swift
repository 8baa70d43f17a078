// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The client's side of an exchange: an HTTP/1 connection, or a stream of an HTTP/2 one.
///
/// What receives parts of an answer only takes them in; a failure of the client's connection is acted on in
/// ``flushAnswer()`` or ``receiveEnd(trailers:)``, which the endpoint's side calls when it is done with its bytes.
protocol ExchangeClient: AnyObject {
    /// Whether the client takes no more of the answer for now.
    var isBlocked: Bool { get }

    /// Takes an informational answer, such as 100 or 103.
    func receiveInformational(_ head: ResponseHead, _ message: MessageView)

    /// Takes the final answer's head.
    func receiveHead(_ head: ResponseHead, _ message: MessageView, cookie: String?)

    /// Takes a piece of the body.
    func receiveBody(_ bytes: UnsafeRawBufferPointer)

    /// Hands on what was taken.
    func flushAnswer()

    /// The answer is complete; the exchange is over.
    func receiveEnd(trailers: MessageView?)

    /// The answer breaks off; the exchange is over.
    func receiveAbort()

    /// There is no answer but the proxy's own; the exchange is over.
    func receiveFailure(_ status: Int)

    /// The endpoint has taken what was kept of the request, so that more of it may be read.
    func requestHasRoom()

    /// The endpoint has changed protocols (101): its connection is the client's, with what it has sent already.
    func switchProtocols(
        _ head: ResponseHead,
        _ message: MessageView,
        to upstream: Transport,
        early: UnsafeRawBufferPointer,
        ended: @escaping () -> Void
    )
}
