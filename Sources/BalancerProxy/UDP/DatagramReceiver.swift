// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// Receives from one listener, and keeps apart who sends.
final class DatagramReceiver<Connector: DatagramConnector>: EventSource {
    /// How many datagrams are taken before others have their turn.
    private static var datagramsPerTurn: Int { 64 }
    /// How long to wait when the kernel has no memory to watch the listener with: 50 ms.
    private static var shortage: UInt64 { 50_000_000 }

    unowned let shard: UDPProxyShard<Connector>
    private let listener: UDPListener
    private let id: SourceID
    private var table: [DatagramOrigin: UDPFlow<Connector>] = [:]
    /// Whether clients that are not known yet are served.
    var takesClients = true

    init(_ listener: UDPListener, shard: UDPProxyShard<Connector>) {
        self.listener = listener
        self.shard = shard
        id = shard.loop.reserve()
        shard.loop.install(self, as: id)
    }

    private var core: UDPProxyCore<Connector> { shard.core }

    /// The clients that are remembered.
    var flows: [UDPFlow<Connector>] { Array(table.values) }

    /// Begins to receive.
    func start() {
        do {
            try shard.loop.watch(listener.socket.number, [.readable, .edgeTriggered], for: id, channel: 0)
        } catch {
            shard.loop.setDeadline(shard.loop.now + Self.shortage, for: id)
        }
    }

    func deadlinePassed() {
        start()
    }

    /// Receives no more.
    func stop() {
        shard.loop.unwatch(listener.socket.number)
        shard.loop.remove(id)
    }

    func ready(_ events: ReadyEvents, channel: UInt8) {
        receive()
    }

    func resume() {
        receive()
    }

    private func receive() {
        let scratch = shard.loop.scratch
        var origin: DatagramOrigin?
        for _ in 0..<Self.datagramsPerTurn {
            switch DatagramSocket.receive(listener.socket.number, into: scratch, from: &origin) {
            case .datagram(let count):
                if let origin { take(UnsafeRawBufferPointer(rebasing: scratch[..<count]), from: origin) }
            case .empty: return
            // The kernel tells of an earlier datagram's fate, ip(7); the next may be there.
            case .failed: continue
            }
        }
        shard.loop.callAgain(id)
    }

    private func take(_ bytes: UnsafeRawBufferPointer, from origin: DatagramOrigin) {
        if let flow = table[origin] { return flow.forward(bytes) }
        guard takesClients, core.limit.admit() else { return core.drop() }
        core.flows.add(1, ordering: .relaxed)
        let flow = UDPFlow(origin, receiver: self)
        table[origin] = flow
        flow.begin(with: bytes)
    }

    /// Sends an answer to a client.
    func answer(_ bytes: UnsafeRawBufferPointer, to origin: DatagramOrigin) {
        if !DatagramSocket.send(bytes, by: listener.socket.number, to: origin) { core.drop() }
    }

    /// Takes note that a client is to be forgotten.
    func forget(_ origin: DatagramOrigin) {
        table[origin] = nil
        _ = core.limit.leave()
    }
}
