// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// One probe of one endpoint, from socket to verdict.
final class ProbeConnection: SocketAwaiting {
    private let loop: EventLoop
    private let id: SourceID
    private var reading: ProbeReading
    private var greeting: [UInt8]
    private var descriptor: CInt = -1
    private var isConnected = false
    private let decided: (ProbeReading.Verdict) -> Void

    init(_ probe: HealthProbe, loop: EventLoop, decided: @escaping (ProbeReading.Verdict) -> Void) {
        self.loop = loop
        self.decided = decided
        reading = ProbeReading(probe)
        greeting = Array(probe.greeting.utf8)
        id = loop.reserve()
    }

    /// Begins; `open` makes the socket, or has it come later.
    func begin(timeout: UInt64, open: (SourceID) throws -> Answer?) {
        loop.install(self, as: id)
        loop.setDeadline(loop.now + timeout, for: id)
        do {
            if let answer = try open(id) { receive(answer, attempt: 0) }
        } catch {
            finish(.unwell)
        }
    }

    func receive(_ answer: Answer, attempt: Int) {
        guard descriptor < 0, loop.source(id) != nil else { return answer.discard() }
        switch answer {
        case .failed: finish(.unwell)
        case .connected(let socket): start(socket, target: nil)
        case .unconnected(let socket, let target): start(socket, target: target)
        }
    }

    private func start(_ socket: CInt, target: StreamAddress?) {
        descriptor = socket
        do {
            if let target { _ = try StreamSocket.connect(socket, to: target) }
            try loop.watch(socket, .stream, for: id, channel: 0)
        } catch {
            finish(.unwell)
        }
    }

    func ready(_ events: ReadyEvents, channel: UInt8) {
        if !isConnected {
            guard events.isDisjoint(with: [.failed, .hangUp]) else { return finish(.unwell) }
            guard events.contains(.writable) else { return }
            isConnected = true
            if case .well = reading.afterConnect { return finish(reading.afterConnect) }
        }
        if events.contains(.writable) { greet() }
        read()
    }

    private func greet() {
        guard !greeting.isEmpty else { return }
        let sent = greeting.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
        if sent > 0 { greeting.removeFirst(sent) }
    }

    private func read() {
        while loop.source(id) != nil {
            let count = recv(descriptor, loop.scratch.baseAddress, loop.scratch.count, 0)
            if count < 0 {
                if errno == EAGAIN { return }
                return finish(.unwell)
            }
            let verdict = reading.take(UnsafeRawBufferPointer(rebasing: loop.scratch[..<count]), isLast: count == 0)
            switch verdict {
            case .undecided:
                if count == 0 { return finish(.unwell) }
            case .well, .unwell: return finish(verdict)
            }
        }
    }

    func deadlinePassed() {
        finish(.unwell)
    }

    private func finish(_ verdict: ProbeReading.Verdict) {
        guard loop.source(id) != nil else { return }
        loop.remove(id)
        if descriptor >= 0 { _ = close(descriptor) }
        decided(verdict)
    }
}
