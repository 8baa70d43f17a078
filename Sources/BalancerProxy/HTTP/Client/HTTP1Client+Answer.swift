// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension HTTP1Client: ExchangeClient {
    /// From how many bytes on a piece of a body is sent from where it was received.
    private static let directFrom = 2048

    var isBlocked: Bool { !output.isEmpty }

    func receiveInformational(_ head: ResponseHead, _ message: MessageView) {
        // HTTP/1.0 knows no informational answers.
        guard !flags.contains(.oldVersion) else { return }
        ResponseHeadWriter(head: head, message: message, framing: .none, connection: .goesOn, via: nil, cookie: nil)
            .write(to: &output)
    }

    func receiveHead(_ head: ResponseHead, _ message: MessageView, cookie: String?) {
        flags.insert(.answerBegan)
        var framing = head.framing
        if framing == .untilClose || framing == .chunked {
            framing = flags.contains(.oldVersion) ? .untilClose : .chunked
        }
        if framing == .chunked { flags.insert(.chunked) }
        if framing == .untilClose || worker.isStopping { flags.remove(.keeps) }
        ResponseHeadWriter(
            head: head,
            message: message,
            framing: framing,
            connection: !flags.contains(.keeps) ? .closes : flags.contains(.oldVersion) ? .keptAlive : .goesOn,
            via: worker.settings.forwarding.via,
            cookie: cookie
        ).write(to: &output)
    }

    func receiveBody(_ bytes: UnsafeRawBufferPointer) {
        if flags.contains(.chunked) {
            output.append(chunk: bytes)
        } else if bytes.count < Self.directFrom || !flags.contains(.writable) || flags.contains(.broken) {
            output.append(bytes)
        } else {
            sendDirectly(bytes)
        }
    }

    /// Sends what waits and a piece of the body as one, and keeps what is not taken.
    private func sendDirectly(_ bytes: UnsafeRawBufferPointer) {
        let waiting = output.count
        switch output.isEmpty ? transport.send(bytes) : transport.send(output.bytes, bytes) {
        case .bytes(let count):
            output.removeFirst(min(count, waiting))
            guard count < waiting + bytes.count else { return }
            flags.remove(.writable)
            output.append(bytes.from(max(0, count - waiting)))
        case .full:
            flags.remove(.writable)
            output.append(bytes)
        case .failed:
            flags.insert(.broken)
        }
    }

    func flushAnswer() {
        guard flush() else { return clientGone() }
    }

    /// Sends what waits.
    ///
    /// - Returns: False if the connection is broken.
    func flush() -> Bool {
        while !output.isEmpty, flags.contains(.writable) {
            let count = output.count
            switch transport.send(output.bytes) {
            case .bytes(let sent):
                output.removeFirst(sent)
                if sent < count { flags.remove(.writable) }
            case .full: flags.remove(.writable)
            case .failed:
                flags.insert(.broken)
                return false
            }
        }
        return !flags.contains(.broken)
    }

    func receiveEnd(trailers: MessageView?) {
        if flags.contains(.chunked) { TrailerWriter.writeEnd(trailers: trailers, to: &output) }
        exchangeOver()
    }

    func receiveAbort() {
        exchange = nil
        close(breaking: true)
    }

    func receiveFailure(_ status: Int) {
        // The client can go on only if its request is out of the way.
        if !body.isFinished || worker.isStopping { flags.remove(.keeps) }
        StatusText.write(status, closes: !flags.contains(.keeps), isHead: flags.contains(.head), to: &output)
        exchangeOver()
    }

    private func exchangeOver() {
        exchange = nil
        phase = .waiting
        flags.insert(.hasServed)
        guard flush() else { return close() }
        guard flags.contains(.keeps), body.isFinished, !worker.isStopping else { return end() }
        flags.remove(.ofRequest)
        if output.isEmpty {
            setDeadline(worker.settings.keepAlive)
            // What the client has sent ahead has its turn after others.
            if !input.isEmpty || flags.contains(.readable) { loop.callAgain(id) }
        } else {
            setDeadline(worker.settings.answerIdle)
        }
    }

    /// Ends the connection after its last answer: at once, if nothing of the client's is left that would make of the end
    /// a reset.
    private func end() {
        let isRead = body.isFinished && input.isEmpty && !flags.contains(.readable)
        if output.isEmpty, isRead { close() } else { linger() }
    }

    func requestHasRoom() {
        loop.callAgain(id)
    }

    func switchProtocols(
        _ head: ResponseHead,
        _ message: MessageView,
        to upstream: Transport,
        early: UnsafeRawBufferPointer,
        ended: @escaping () -> Void
    ) {
        ResponseHeadWriter(
            head: head,
            message: message,
            framing: .none,
            connection: .upgrades,
            via: worker.settings.forwarding.via,
            cookie: nil
        ).write(to: &output)
        output.append(early)
        giveUpTransport()
        Tunnel(client: transport, upstream: upstream, worker: worker, ended: ended)
            .begin(fromClient: input.bytes, fromUpstream: output.bytes)
        input.clear()
        output.clear()
    }
}
