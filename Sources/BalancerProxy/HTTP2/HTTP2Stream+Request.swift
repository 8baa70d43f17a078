// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension HTTP2Stream {
    /// The head is complete, or the trailers are.
    func receiveHeaders(endsStream: Bool) {
        if hasHead {
            if endsStream { receiveTrailers() }
            return
        }
        hasHead = true
        isRequestComplete = endsStream
        let worker = connection.worker
        do throws(HTTPSyntaxError) {
            let limits = worker.settings.limits
            if connection.head.size > limits.headBytes { throw .headTooLarge }
            if connection.head.fieldCount > limits.headerCount { throw .tooManyFields }
            let (request, message) = try connection.head.finish(endsStream: endsStream, into: worker.fields)
            if case .length(let count) = request.framing,
                count > UInt64(limits.requestBodyBytes ?? .max)
            {
                throw .bodyTooLarge
            }
            start(request, message, endsStream: endsStream)
        } catch {
            refuse(error.status)
        }
    }

    private func start(_ request: RequestHead, _ message: MessageView, endsStream: Bool) {
        let exchange = Exchange(
            worker: connection.worker,
            client: self,
            head: request,
            message: message,
            origin: connection.origin,
            version: "HTTP/2"
        )
        self.exchange = exchange
        connection.head.begin()
        if endsStream { exchange.completeRequest(trailers: nil) }
        connection.startLater(exchange)
    }

    func receiveData(_ bytes: UnsafeRawBufferPointer) {
        unconsumed += bytes.count
        bodyBytes += UInt64(bytes.count)
        guard let exchange else { return connection.consume(self) }
        if bodyBytes > UInt64(connection.worker.settings.limits.requestBodyBytes ?? .max) { return refuse(413) }
        exchange.append(body: bytes)
        connection.pushLater(self)
    }

    private func receiveTrailers() {
        guard !isRequestComplete else { return }
        isRequestComplete = true
        guard let exchange else { return }
        let trailers = try? connection.head.trailers(into: connection.worker.fields)
        exchange.completeRequest(trailers: trailers)
        connection.pushLater(self)
    }

    func receiveEndOfRequest() {
        guard !isRequestComplete else { return }
        isRequestComplete = true
        guard let exchange else { return }
        exchange.completeRequest(trailers: nil)
        connection.pushLater(self)
    }
}
