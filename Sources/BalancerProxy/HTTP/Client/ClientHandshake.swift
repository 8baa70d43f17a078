// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A client's connection before its first request: reads the PROXY header and shakes hands for TLS, where the listener
/// asks for them, and makes of it an HTTP/1 or HTTP/2 connection.
final class ClientHandshake: EventSource {
    private enum Phase {
        case header
        case encryption
        case done
    }

    let worker: HTTPWorker
    private let id: SourceID
    private var transport: Transport
    private let listener: ProxyListener
    private var peer: StreamAddress?
    private var phase: Phase
    private var input = ByteQueue()
    private var events: ReadyEvents = []

    init(_ client: AcceptedClient, listener: ProxyListener, id: SourceID, worker: HTTPWorker) {
        self.worker = worker
        self.id = id
        self.listener = listener
        transport = Transport(descriptor: client.descriptor)
        peer = client.peer
        phase = listener.requiresProxyHeader ? .header : .encryption
    }

    /// Begins; the connection's first event says that there is something to read.
    func begin() {
        worker.loop.install(self, as: id)
        worker.loop.setDeadline(worker.loop.now + worker.settings.handshake, for: id)
    }

    func ready(_ events: ReadyEvents, channel: UInt8) {
        self.events.formUnion(events)
        if !events.isDisjoint(with: [.hangUp, .failed]) { return close() }
        if case .header = phase { readHeader() }
        if case .encryption = phase { shakeHands() }
    }

    func deadlinePassed() {
        close()
    }

    // MARK: The PROXY header

    /// Reads the header and nothing behind it, for what follows may be encrypted.
    private func readHeader() {
        while case .header = phase {
            switch transport.peek(into: worker.loop.scratch) {
            case .bytes(let count): take(UnsafeRawBufferPointer(rebasing: worker.loop.scratch[..<count]))
            case .empty: return
            case .end, .failed: return close()
            }
            if case .header = phase { return }
        }
    }

    private func take(_ bytes: UnsafeRawBufferPointer) {
        switch ProxyHeader.read(bytes) {
        case .needsMore: break
        case .malformed: close()
        case .header(let header, let length):
            if let source = header.source { peer = source }
            transport.skip(length, through: worker.loop.scratch)
            phase = .encryption
        }
    }

    // MARK: TLS

    private func shakeHands() {
        guard let server = listener.tls else { return finish(isHTTP2: false) }
        if transport.tls == nil {
            guard let session = server.context.session(on: transport.descriptor) else { return close() }
            session.accept()
            transport = Transport(descriptor: transport.descriptor, tls: session)
        }
        switch transport.tls?.handshake() {
        case .done: finish(isHTTP2: transport.tls?.speaksHTTP2 == true && acceptsHTTP2)
        case .waiting: break
        case .failed, nil: close()
        }
    }

    private var acceptsHTTP2: Bool { worker.settings.configuration.acceptsHTTP2 }

    /// Makes of it a connection that speaks HTTP.
    private func finish(isHTTP2: Bool) {
        phase = .done
        worker.loop.setDeadline(nil, for: id)
        let origin = RequestOrigin(peer: peer, isSecure: transport.tls != nil)
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        // What came with the handshake's last bytes makes no event of its own.
        let events = events.union([.readable, .writable])
        if isHTTP2 {
            let client = HTTP2Client(transport, origin: origin, id: id, worker: worker)
            worker.loop.install(client, as: id)
            client.begin(nothing, events: events)
        } else {
            let client = HTTP1Client(transport, origin: origin, id: id, worker: worker)
            worker.loop.install(client, as: id)
            client.begin(nothing, events: events)
        }
    }

    /// Ends the connection.
    func close() {
        if case .done = phase { return }
        phase = .done
        worker.loop.remove(id)
        transport.close()
        worker.connectionEnded()
    }
}

extension ClientHandshake: WorkerSource {}
