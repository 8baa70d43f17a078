// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import ContainerKit
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// Where others reach the streams of a container that belongs to this process: a socket in the container's directory.
///
/// One thread serves it, which sleeps while nobody is attached. Who is attached and takes nothing of the output loses
/// the connection rather than to hold the program up.
final class AttachServer: Sendable {
    /// What those who are attached want.
    enum Wish: Sendable {
        case input([UInt8])
        case size(rows: UInt16, columns: UInt16)
    }

    private struct Client {
        var received: [UInt8] = []
        var unsent: [UInt8] = []
    }

    private struct State {
        var clients: [CInt: Client] = [:]
        /// How many bytes of input the program has not read yet.
        var pending = 0
        var isOver = false
    }

    /// So many bytes of output wait for one who is attached.
    private static let outputLimit = 1 << 20
    /// So many bytes of input wait for the program; then those who are attached wait.
    private static let inputLimit = 256 << 10

    let wishes: AsyncStream<Wish>
    private let sink: AsyncStream<Wish>.Continuation
    private let path: FilePath
    private let listener: CInt
    private let alarm: CInt
    private let state = Mutex(State())

    /// Makes the socket and waits for clients.
    ///
    /// - Parameter path: The socket; one that is left of an earlier process is replaced.
    /// - Throws: ``SystemFailure``, or why there is no thread.
    init(_ path: FilePath) throws {
        self.path = path
        (wishes, sink) = AsyncStream.makeStream()
        listener = try AttachSocket.listen(at: path)
        alarm = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
        guard alarm >= 0 else {
            close(listener)
            throw SystemFailure.last("eventfd")
        }
    }

    deinit {
        close(listener)
        close(alarm)
    }

    /// Begins to serve.
    func start() throws {
        try NativeThread.start("nestbox-attach") { self.serve() }
    }

    /// Hands output to all who are attached.
    func send(_ bytes: [UInt8], of stream: OutputStream) {
        let kind: AttachFrame.Kind = stream == .standardOutput ? .output : .error
        let encoded = AttachFrame.frames(kind, bytes).flatMap(\.encoded)
        let hasClients = state.withLock { state in
            for descriptor in state.clients.keys { state.clients[descriptor]?.unsent += encoded }
            return !state.clients.isEmpty
        }
        if hasClients { wake() }
    }

    /// Notes that the program has read so many bytes of input.
    func consumed(_ count: Int) {
        state.withLock { $0.pending -= count }
        wake()
    }

    /// Lets go of all who are attached, once they have what was written.
    func stop() {
        state.withLock { $0.isOver = true }
        wake()
        sink.finish()
        unlink(path.string)
    }

    private func wake() {
        var one: UInt64 = 1
        _ = write(alarm, &one, 8)
    }

    // MARK: The thread

    private func serve() {
        while true {
            let (watched, isDone) = state.withLock { state in
                let readable = state.pending < Self.inputLimit
                let clients = state.clients.map { descriptor, client in
                    let events = (readable ? POLLIN : 0) | (client.unsent.isEmpty ? 0 : POLLOUT)
                    return pollfd(fd: descriptor, events: Int16(events), revents: 0)
                }
                return (clients, state.isOver && state.clients.values.allSatisfy(\.unsent.isEmpty))
            }
            if isDone { break }
            var polled = [listener, alarm].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) } + watched
            guard poll(&polled, nfds_t(polled.count), -1) >= 0 || errno == EINTR else { break }
            if polled[1].revents != 0 {
                var count: UInt64 = 0
                _ = read(alarm, &count, 8)
            }
            for entry in polled.dropFirst(2) where entry.revents != 0 { attend(entry) }
            if polled[0].revents != 0 { admit() }
        }
        for descriptor in state.withLock({ Array($0.clients.keys) }) { drop(descriptor) }
    }

    private func admit() {
        guard let descriptor = AttachSocket.accept(listener) else { return }
        state.withLock { $0.clients[descriptor] = Client() }
    }

    private func attend(_ entry: pollfd) {
        let events = CInt(entry.revents)
        let isWell = events & POLLIN == 0 || receive(entry.fd)
        guard isWell, events & POLLOUT == 0 || send(to: entry.fd), events & (POLLERR | POLLNVAL) == 0,
            events & POLLHUP == 0 || events & POLLIN != 0
        else { return drop(entry.fd) }
    }

    /// - Returns: Whether the client is still there and speaks as it should.
    private func receive(_ descriptor: CInt) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        let count = read(descriptor, &chunk, chunk.count)
        if count < 0 { return errno == EAGAIN || errno == EINTR }
        guard count > 0 else { return false }
        var wishes: [Wish] = []
        let isWell = state.withLock { state in
            guard var client = state.clients[descriptor] else { return false }
            client.received += chunk[..<count]
            do {
                while let frame = try AttachFrame.take(from: &client.received) {
                    guard let wish = Self.wish(frame) else { return false }
                    wishes.append(wish)
                    if case .input(let bytes) = wish { state.pending += bytes.count }
                }
            } catch {
                return false
            }
            state.clients[descriptor] = client
            return true
        }
        for wish in wishes { sink.yield(wish) }
        return isWell
    }

    private static func wish(_ frame: AttachFrame) -> Wish? {
        switch frame.kind {
        case .input: return .input(frame.bytes)
        case .size where frame.bytes.count == 4:
            let numbers = frame.bytes.map(UInt16.init)
            return .size(rows: numbers[0] | numbers[1] << 8, columns: numbers[2] | numbers[3] << 8)
        default: return nil
        }
    }

    /// - Returns: Whether the client takes its output.
    private func send(to descriptor: CInt) -> Bool {
        state.withLock { state in
            guard let unsent = state.clients[descriptor]?.unsent, unsent.count <= Self.outputLimit else { return false }
            let count = Glibc.send(descriptor, unsent, unsent.count, CInt(MSG_NOSIGNAL))
            if count < 0 { return errno == EAGAIN || errno == EINTR }
            state.clients[descriptor]?.unsent.removeFirst(count)
            return true
        }
    }

    private func drop(_ descriptor: CInt) {
        state.withLock { _ = $0.clients.removeValue(forKey: descriptor) }
        close(descriptor)
    }
}
