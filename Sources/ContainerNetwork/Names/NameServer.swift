// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// Answers containers' questions about names, from within their own network namespaces.
///
/// Each container finds a server at 127.0.0.11: a socket in its namespace that this process reads. Names of containers
/// are answered from a ``NameDirectory``, others are passed on to the host's servers. There is nothing to be reached from
/// outside a container, and nothing stays when the namespace goes.
package final class NameServer: Sendable {
    /// Where containers find it.
    package static let address = IPAddress(unchecked: [127, 0, 0, 11])
    static let port: UInt16 = 53
    /// How long a server has to answer before the next is asked.
    private static let patience = Duration.seconds(2)
    /// The most questions that are passed on at one time.
    private static let mostPending = 512
    /// A question is small; more than this is none.
    private static let largestQuery = 4096

    /// A question that others have been asked.
    private struct Pending {
        let query: NameQuery
        let message: [UInt8]
        let asker: SocketName
        let listener: DatagramSocket
        let upstream: DatagramSocket
        let servers: ArraySlice<IPAddress>
        let deadline: ContinuousClock.Instant
        /// What the server knows the question by.
        let identifier: UInt16
    }

    private struct State {
        var pending: [UInt64: Pending] = [:]
        var next: UInt64 = 0
    }

    private let loop: DatagramLoop
    private let upstreamPort: UInt16
    private let state = Mutex(State())

    /// Creates a server without containers.
    ///
    /// - Parameters:
    ///   - loop: The thread that does it.
    ///   - upstreamPort: The port of other servers.
    package init(loop: DatagramLoop, upstreamPort: UInt16 = 53) {
        self.loop = loop
        self.upstreamPort = upstreamPort
    }

    /// Begins to serve a container.
    ///
    /// - Parameters:
    ///   - namespace: The container's network namespace.
    ///   - directory: The names that it sees.
    ///   - servers: Who is asked for other names, in this order.
    /// - Returns: The service, which ends with ``NameService/stop()``.
    /// - Throws: ``NetworkError`` with code `alreadyExists` if something listens there.
    package func serve(
        _ namespace: NetworkNamespace,
        directory: some NameDirectory,
        servers: [IPAddress]
    ) async throws -> NameService {
        let listener = try await namespace.run { try Self.makeListener() }
        return try serve(listener, directory: directory, servers: servers)
    }

    /// Makes the socket on which a container is served, in the calling thread's namespace.
    package static func makeListener() throws(NetworkError) -> DatagramSocket {
        try DatagramSocket.bound(to: address, port: port, leavesOthers: true)
    }

    /// Begins to serve a container by a socket of ``makeListener()``.
    package func serve(
        _ listener: DatagramSocket,
        directory: some NameDirectory,
        servers: [IPAddress]
    ) throws(NetworkError) -> NameService {
        try loop.add(listener) { [weak self] bytes, sender in
            self?.take(bytes, from: sender, at: listener, directory, servers)
        }
        return NameService(loop: loop, listener: listener)
    }

    // MARK: On the loop's thread

    private func take(
        _ bytes: [UInt8],
        from asker: SocketName,
        at listener: DatagramSocket,
        _ directory: some NameDirectory,
        _ servers: [IPAddress]
    ) {
        guard bytes.count <= Self.largestQuery, let query = NameQuery(bytes) else { return }
        switch NameDecision(query, in: directory, canForward: !servers.isEmpty && query.wantsRecursion) {
        case .answer(let answer): listener.send(answer.message(to: query), to: asker)
        case .forward: ask(servers[...], query, bytes, asker, listener)
        }
    }

    /// Asks the first of the servers that can be reached.
    private func ask(
        _ servers: ArraySlice<IPAddress>,
        _ query: NameQuery,
        _ message: [UInt8],
        _ asker: SocketName,
        _ listener: DatagramSocket
    ) {
        var rest = servers
        while let server = rest.popFirst() {
            // A port and a number of their own for each question make it hard to answer in a server's place.
            guard let upstream = try? DatagramSocket.connected(to: server, port: upstreamPort) else { continue }
            let pending = Pending(
                query: query,
                message: message,
                asker: asker,
                listener: listener,
                upstream: upstream,
                servers: rest,
                deadline: .now + Self.patience,
                identifier: .random(in: .min ... .max)
            )
            guard let (key, isFirst) = remember(pending) else { break }
            do {
                try loop.add(upstream) { [weak self] bytes, _ in self?.hear(bytes, key) }
            } catch {
                _ = state.withLock { $0.pending.removeValue(forKey: key) }
                break
            }
            upstream.send([UInt8(pending.identifier >> 8), UInt8(pending.identifier & 0xFF)] + message.dropFirst(2))
            if isFirst { loop.add { [weak self] now in self?.giveUp(now) ?? false } }
            return
        }
        listener.send(NameAnswer(outcome: .serverFailure).message(to: query), to: asker)
    }

    private func remember(_ pending: Pending) -> (key: UInt64, isFirst: Bool)? {
        state.withLock { state in
            guard state.pending.count < Self.mostPending else { return nil }
            state.next += 1
            state.pending[state.next] = pending
            return (state.next, state.pending.count == 1)
        }
    }

    /// Takes a server's answer, if it is one to the question.
    private func hear(_ bytes: [UInt8], _ key: UInt64) {
        let answered = state.withLock { state -> Pending? in
            guard let pending = state.pending[key], Self.fits(bytes, pending) else { return nil }
            state.pending[key] = nil
            return pending
        }
        guard let answered else { return }
        loop.remove(answered.upstream)
        let identifier = answered.query.identifier
        let answer = [UInt8(identifier >> 8), UInt8(identifier & 0xFF)] + bytes.dropFirst(2)
        answered.listener.send(answer, to: answered.asker)
    }

    private static func fits(_ bytes: [UInt8], _ pending: Pending) -> Bool {
        let question = pending.query.question
        let end = NameQuery.headerSize + question.count
        guard bytes.count >= end, bytes[2] & 0x80 != 0 else { return false }
        guard UInt16(bytes[0]) << 8 | UInt16(bytes[1]) == pending.identifier else { return false }
        return bytes[NameQuery.headerSize..<end].elementsEqual(question)
    }

    /// Turns to the next server for questions that have waited too long, and says whether others wait.
    private func giveUp(_ now: ContinuousClock.Instant) -> Bool {
        let late = state.withLock { state in
            let late = state.pending.filter { $0.value.deadline <= now }
            for key in late.keys { state.pending[key] = nil }
            return late.values
        }
        for pending in late {
            loop.remove(pending.upstream)
            ask(pending.servers, pending.query, pending.message, pending.asker, pending.listener)
        }
        return state.withLock { !$0.pending.isEmpty }
    }
}

/// A name server's place in one container.
package final class NameService: Sendable {
    private let loop: DatagramLoop
    private let listener: Mutex<DatagramSocket?>

    init(loop: DatagramLoop, listener: DatagramSocket) {
        self.loop = loop
        self.listener = Mutex(listener)
    }

    /// Answers no more, and lets go of the socket.
    package func stop() {
        guard let socket = listener.withLock({ $0.take() }) else { return }
        loop.remove(socket)
    }
}
