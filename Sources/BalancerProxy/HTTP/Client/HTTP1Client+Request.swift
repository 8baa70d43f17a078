// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension HTTP1Client {
    private static let readsPerTurn = 8
    /// After so many nanoseconds a body's rate counts: 5 seconds.
    private static let rateGrace: UInt64 = 5_000_000_000
    private static let http2Preface: StaticString = "PRI * HTTP/2.0\r\n\r\n"

    // MARK: The head

    /// Reads until a request's head is complete, and starts on it.
    func readHead() {
        if !input.isEmpty, understandQueued() { return }
        while case .waiting = phase, flags.contains(.readable) {
            switch transport.receive(into: loop.scratch) {
            case .bytes(let count):
                if count < loop.scratch.count, transport.shortReadIsLast, !flags.contains(.finishing) {
                    flags.remove(.readable)
                }
                let fresh = UnsafeRawBufferPointer(rebasing: loop.scratch[..<count])
                if understandFresh(fresh) { return }
            case .empty: flags.remove(.readable)
            case .end, .failed: return close()
            }
        }
    }

    /// - Returns: Whether the head is complete, or refused.
    private func understandFresh(_ fresh: UnsafeRawBufferPointer) -> Bool {
        guard input.isEmpty else {
            input.append(fresh)
            return understandQueued()
        }
        let used = understand(fresh)
        if case .closed = phase { return true }
        input.append(fresh.from(used))
        return startIfRead()
    }

    private func understandQueued() -> Bool {
        let used = understand(input.bytes)
        if case .closed = phase { return true }
        if used > 0 { input.removeFirst(used) }
        return startIfRead()
    }

    private func startIfRead() -> Bool {
        if case .waiting = phase, !flags.contains(.closesAfterFlush) { return false }
        guard let exchange else {
            turnAfterRejection()
            return true
        }
        exchange.start()
        // What follows the head may be here already, decrypted or not, and then makes no event.
        if case .exchanging = phase, !body.isFinished { loop.callAgain(id) }
        return true
    }

    /// Goes through what came of a request, without sending anything yet.
    ///
    /// - Returns: How many bytes were taken.
    private func understand(_ bytes: UnsafeRawBufferPointer) -> Int {
        let blank = passBlankLine(bytes)
        let rest = bytes.from(blank)
        do throws(HTTPSyntaxError) {
            guard let length = try scanner.findEnd(in: rest, limit: worker.settings.limits.headBytes) else {
                // The time for a head runs from its first byte.
                if !flags.contains(.headTimed), rest.count > 0 {
                    flags.insert(.headTimed)
                    setDeadline(worker.settings.requestHead)
                }
                return blank
            }
            if rest.begins(with: Self.http2Preface), !flags.contains(.hasServed),
                worker.settings.configuration.acceptsHTTP2
            {
                return becomeHTTP2(rest)
            }
            scanner = HeadScanner()
            let head = rest.part(0..<length)
            try begin(try RequestParser.read(head, into: worker.fields), head)
            var position = blank + length
            try feedBody(bytes, &position)
            return position
        } catch {
            refuse(error)
            return bytes.count
        }
    }

    /// Passes over one empty line before a request, RFC 9112 section 2.2.
    private func passBlankLine(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard bytes.count >= 2, !flags.contains(.passedBlank) else { return 0 }
        flags.insert(.passedBlank)
        guard bytes[0] == ASCII.carriageReturn, bytes[1] == ASCII.lineFeed else { return 0 }
        scanner = HeadScanner()
        return 2
    }

    private func begin(_ head: RequestHead, _ bytes: UnsafeRawBufferPointer) throws(HTTPSyntaxError) {
        flags.remove(.ofRequest)
        if head.keepsConnection { flags.insert(.keeps) }
        if head.traits.contains(.oldVersion) { flags.insert(.oldVersion) }
        if head.verb == .head { flags.insert(.head) }
        if case .length(let count) = head.framing, count > UInt64(worker.settings.limits.requestBodyBytes ?? .max) {
            throw .bodyTooLarge
        }
        body = BodyReader(head.framing)
        bodyBytes = 0
        bodyStarted = loop.now
        exchange = Exchange(
            worker: worker,
            client: self,
            head: head,
            message: MessageView(bytes: bytes, fields: worker.fields),
            origin: origin,
            version: head.traits.contains(.oldVersion) ? "HTTP/1.0" : "HTTP/1.1"
        )
        phase = .exchanging
        if head.framing == .none { clearDeadline() } else { setDeadline(worker.settings.requestBodyIdle) }
    }

    // MARK: The body

    /// Reads more of a request's body, as long as the endpoint takes it.
    func readBody() {
        guard !body.isFinished else { return }
        if !input.isEmpty {
            guard take(input.bytes, keepsRest: false) else { return }
        }
        for _ in 0..<Self.readsPerTurn {
            guard case .exchanging = phase, !body.isFinished, flags.contains(.readable), let exchange else { return }
            guard !exchange.isCongested else { return flags.formUnion(.wasCongested) }
            switch transport.receive(into: loop.scratch) {
            case .bytes(let count):
                if count < loop.scratch.count, transport.shortReadIsLast, !flags.contains(.finishing) {
                    flags.remove(.readable)
                }
                guard take(UnsafeRawBufferPointer(rebasing: loop.scratch[..<count]), keepsRest: true) else { return }
            case .empty: flags.remove(.readable)
            case .end, .failed: return clientGone()
            }
        }
        if case .exchanging = phase, flags.contains(.readable), !body.isFinished { loop.callAgain(id) }
    }

    /// Takes bytes of a body and hands them on.
    ///
    /// - Returns: Whether the exchange goes on.
    private func take(_ bytes: UnsafeRawBufferPointer, keepsRest: Bool) -> Bool {
        var position = 0
        do throws(HTTPSyntaxError) {
            try feedBody(bytes, &position)
        } catch {
            refuseBody(error.status)
            return false
        }
        if keepsRest { input.append(bytes.from(position)) } else { input.removeFirst(position) }
        if body.isFinished {
            clearDeadline()
        } else if !isFastEnough {
            refuseBody(408)
            return false
        } else {
            setDeadline(worker.settings.requestBodyIdle)
        }
        exchange?.pushRequest()
        if case .exchanging = phase { return true }
        return false
    }

    /// Adds what is there of a body to the exchange.
    private func feedBody(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) throws(HTTPSyntaxError) {
        guard let exchange, !exchange.request.isComplete else { return }
        while true {
            switch try body.next(in: bytes, from: &position, limit: worker.settings.limits.headBytes) {
            case .data(let range):
                bodyBytes += UInt64(range.count)
                if let limit = worker.settings.limits.requestBodyBytes, bodyBytes > UInt64(limit) {
                    throw .bodyTooLarge
                }
                exchange.append(body: bytes.part(range))
            case .needsMore: return
            case .finished: return try completeBody(exchange)
            }
        }
    }

    private func completeBody(_ exchange: Exchange) throws(HTTPSyntaxError) {
        guard body.trailers.count > 2 else { return exchange.completeRequest(trailers: nil) }
        worker.fields.removeAll()
        try FieldParser.read(body.trailers.bytes, from: 0, into: worker.fields)
        exchange.completeRequest(trailers: MessageView(bytes: body.trailers.bytes, fields: worker.fields))
        body.clear()
    }

    /// Whether the body comes at the rate that it must, or the endpoint held it up.
    private var isFastEnough: Bool {
        let elapsed = loop.now - bodyStarted
        guard elapsed > Self.rateGrace, !flags.contains(.wasCongested) else { return true }
        let rate = UInt64(worker.settings.configuration.timeouts.requestBodyRate)
        return Double(bodyBytes) >= Double(rate) * Double(elapsed - Self.rateGrace) * 1e-9
    }

    // MARK: Refusals

    /// Notes that a request is malformed; the answer goes out when its bytes have been gone through.
    private func refuse(_ error: HTTPSyntaxError) {
        exchange?.abandon(.rejected, status: error.status)
        if exchange == nil {
            worker.tally.count { counters in
                counters.rejected += 1
                counters.count(status: error.status)
            }
        }
        exchange = nil
        writeRefusal(error.status)
    }

    private func writeRefusal(_ status: Int) {
        body.clear()
        StatusText.write(status, closes: true, isHead: flags.contains(.head), to: &output)
        flags.insert(.closesAfterFlush)
        phase = .waiting
    }

    private func turnAfterRejection() {
        input.clear()
        guard flush() else { return close() }
        linger()
    }

    /// Refuses what a client has sent of a head.
    func reject(_ status: Int) {
        worker.tally.count { counters in
            counters.rejected += 1
            counters.count(status: status)
        }
        writeRefusal(status)
        turnAfterRejection()
    }

    /// Refuses the rest of a body; if the answer has begun, all that is left is to break off.
    func refuseBody(_ status: Int) {
        let began = flags.contains(.answerBegan)
        exchange?.abandon(.rejected, status: began ? nil : status)
        exchange = nil
        if began { return close(breaking: true) }
        writeRefusal(status)
        turnAfterRejection()
    }

    /// Makes of the connection one that speaks HTTP/2, as the client does from its first byte.
    private func becomeHTTP2(_ bytes: UnsafeRawBufferPointer) -> Int {
        var events: ReadyEvents = []
        if flags.contains(.readable) { events.insert(.readable) }
        if flags.contains(.writable) { events.insert(.writable) }
        let client = HTTP2Client(transport, origin: origin, id: id, worker: worker)
        phase = .closed
        clearDeadline()
        loop.install(client, as: id)
        client.begin(bytes, events: events)
        return bytes.count
    }
}
