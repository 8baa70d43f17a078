// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// Passes datagrams on between a socket of the host and a container, for clients that the packet filter does not lead
/// there: those on the host's loopback.
///
/// Each client gets a socket of its own towards the container, so that answers find back; it is let go of when nothing
/// has passed for a while.
package final class DatagramRelay: Sendable {
    private static let idleTime = Duration.seconds(60)
    /// The most clients at one time; the longest idle one makes room.
    private static let mostClients = 1024

    private struct Client {
        let socket: DatagramSocket
        var lastUse: ContinuousClock.Instant
    }

    private let loop: DatagramLoop
    private let listener: DatagramSocket
    private let target: IPAddress
    private let port: UInt16
    private let clients = Mutex<[SocketName: Client]>([:])

    /// Begins to pass datagrams on.
    ///
    /// - Parameters:
    ///   - listener: The host's socket.
    ///   - target: The container's address.
    ///   - port: The container's port.
    ///   - loop: The thread that does it.
    /// - Returns: The relay, which passes datagrams on until it is stopped.
    /// - Throws: ``NetworkError`` if the thread can't be started.
    package static func start(
        _ listener: DatagramSocket,
        to target: IPAddress,
        port: UInt16,
        on loop: DatagramLoop
    ) throws(NetworkError) -> DatagramRelay {
        let relay = DatagramRelay(listener: listener, target: target, port: port, loop: loop)
        try loop.add(listener) { [weak relay] bytes, sender in relay?.forward(bytes, from: sender) }
        return relay
    }

    private init(listener: DatagramSocket, target: IPAddress, port: UInt16, loop: DatagramLoop) {
        self.listener = listener
        self.target = target
        self.port = port
        self.loop = loop
    }

    /// Passes nothing on any more.
    package func stop() {
        loop.remove(listener)
        let sockets = clients.withLock { clients in
            defer { clients = [:] }
            return clients.values.map(\.socket)
        }
        for socket in sockets { loop.remove(socket) }
    }

    private func forward(_ bytes: [UInt8], from sender: SocketName) {
        let known = clients.withLock { clients in
            clients[sender]?.lastUse = .now
            return clients[sender]?.socket
        }
        (known ?? welcome(sender))?.send(bytes)
    }

    private func welcome(_ sender: SocketName) -> DatagramSocket? {
        guard let socket = try? DatagramSocket.connected(to: target, port: port) else { return nil }
        let (isFirst, leaving) = clients.withLock { clients in
            let isFirst = clients.isEmpty
            var leaving: DatagramSocket?
            if clients.count >= Self.mostClients, let oldest = clients.min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                leaving = clients.removeValue(forKey: oldest.key)?.socket
            }
            clients[sender] = Client(socket: socket, lastUse: .now)
            return (isFirst, leaving)
        }
        if let leaving { loop.remove(leaving) }
        let listener = listener
        try? loop.add(socket) { bytes, _ in listener.send(bytes, to: sender) }
        if isFirst { loop.add { [weak self] now in self?.expire(now) ?? false } }
        return socket
    }

    /// Lets go of clients that are idle, and says whether there are others.
    private func expire(_ now: ContinuousClock.Instant) -> Bool {
        let (idle, hasMore) = clients.withLock { clients in
            let idle = clients.filter { $0.value.lastUse + Self.idleTime < now }
            for name in idle.keys { clients[name] = nil }
            return (idle.values.map(\.socket), !clients.isEmpty)
        }
        for socket in idle { loop.remove(socket) }
        return hasMore
    }
}
