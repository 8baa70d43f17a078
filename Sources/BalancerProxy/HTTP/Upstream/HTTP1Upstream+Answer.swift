// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension HTTP1Upstream {
    private static let readsPerTurn = 8

    /// Reads what has come of the answer, as long as the client takes it.
    func readAnswer() {
        for _ in 0..<Self.readsPerTurn {
            guard case .busy = phase, readiness.isReadable, let exchange, !exchange.isClientBlocked else { return }
            switch transport.receive(into: loop.scratch) {
            case .bytes(let count):
                if count < loop.scratch.count, transport.shortReadIsLast { readiness.wasEmptied() }
                take(UnsafeRawBufferPointer(rebasing: loop.scratch[..<count]))
                self.exchange?.flushAnswer()
            case .empty: readiness.isReadable = false
            case .end: return streamEnded()
            case .failed: return connectionBroke()
            }
        }
        if case .busy = phase { loop.callAgain(id) }
    }

    private func take(_ fresh: UnsafeRawBufferPointer) {
        let isQueued = !input.isEmpty
        if isQueued { input.append(fresh) }
        let bytes = isQueued ? input.bytes : fresh
        do throws(HTTPSyntaxError) {
            try take(bytes, isQueued: isQueued)
        } catch {
            exchangeFailed(.malformed)
        }
    }

    private func take(_ bytes: UnsafeRawBufferPointer, isQueued: Bool) throws(HTTPSyntaxError) {
        var position = 0
        while !hasHead {
            let rest = bytes.from(position)
            guard let length = try scanner.findEnd(in: rest, limit: worker.settings.limits.headBytes) else {
                keep(rest, isQueued: isQueued, consumed: position)
                return
            }
            scanner = HeadScanner()
            position += length
            let head = rest.part(0..<length)
            if try takeHead(head, rest: bytes.from(position)) { return }
        }
        try takeBody(bytes, &position)
        guard body.isFinished else {
            setDeadline(worker.settings.answerIdle)
            return input.clear()
        }
        let isClean = position == bytes.count
        input.clear()
        try finishAnswer(keeping: isClean)
    }

    private func keep(_ rest: UnsafeRawBufferPointer, isQueued: Bool, consumed: Int) {
        if isQueued { input.removeFirst(consumed) } else { input.append(rest) }
    }

    /// - Returns: Whether the connection is another's now.
    private func takeHead(_ bytes: UnsafeRawBufferPointer, rest: UnsafeRawBufferPointer) throws(HTTPSyntaxError) -> Bool
    {
        guard let exchange else { return true }
        let head = try ResponseParser.read(bytes, answering: exchange.verb, into: worker.fields)
        let message = MessageView(bytes: bytes, fields: worker.fields)
        if head.isInformational {
            exchange.receiveInformational(head, message)
            return false
        }
        if head.status == 101 {
            guard exchange.wantsUpgrade, head.traits.contains(.upgrade) else { throw .malformedStatusLine }
            giveUpTransport()
            exchange.switchProtocols(head, message, to: transport, early: rest)
            input.clear()
            return true
        }
        hasHead = true
        keeps = head.keepsConnection
        if keeps { readIdleLimit(message) }
        body = BodyReader(head.framing)
        exchange.receiveHead(head, message)
        return false
    }

    /// An endpoint that says how long it keeps idle connections is left a second earlier, before it can close one that
    /// is about to be used.
    private func readIdleLimit(_ message: MessageView) {
        for index in 0..<message.count where message.fields[index].kind == .keepAlive {
            message.value(index).forEachElement { element in
                guard element.begins(with: "timeout="), let seconds = ASCII.decimal(element.from(8)) else { return }
                let limit = seconds > 1 ? (min(seconds, 86_400) - 1) * 1_000_000_000 : 500_000_000
                idleLimit = min(worker.settings.poolIdle, limit)
            }
        }
    }

    private func takeBody(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) throws(HTTPSyntaxError) {
        while true {
            switch try body.next(in: bytes, from: &position, limit: worker.settings.limits.headBytes) {
            case .data(let range): exchange?.receiveBody(bytes.part(range))
            case .needsMore, .finished: return
            }
        }
    }

    func finishAnswer(keeping isClean: Bool) throws(HTTPSyntaxError) {
        var trailers: MessageView?
        if body.trailers.count > 2 {
            worker.fields.removeAll()
            try FieldParser.read(body.trailers.bytes, from: 0, into: worker.fields)
            trailers = MessageView(bytes: body.trailers.bytes, fields: worker.fields)
        }
        guard let exchange else { return }
        let isReusable = keeps && isClean && !readiness.isFinishing && !sendFailed && exchange.request.isSent
        self.exchange = nil
        phase = .idle
        exchange.receiveEnd(trailers: trailers)
        body.clear()
        if isReusable, pool.give(self) {
            setDeadline(idleLimit)
        } else {
            close()
        }
    }
}
