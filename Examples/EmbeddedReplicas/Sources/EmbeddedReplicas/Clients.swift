// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// The load: clients that ask the service one request after the other, each over a connection of its own.
final class Clients: Service {
    /// A request that was answered.
    struct Answer {
        /// The host name of the replica that answered.
        var replica: String
        var time: Duration
        var at: ContinuousClock.Instant
    }

    /// The most clients at one time.
    static let most = 16

    private struct State {
        var wanted = 0
        var served: [String: Int] = [:]
        var failed = 0
        /// Those of the last few seconds.
        var recent: [Answer] = []
    }

    private let port: Int
    private let state = Mutex(State())

    init(port: UInt16) {
        self.port = Int(port)
    }

    /// How many clients there are.
    var wanted: Int {
        get { state.withLock { $0.wanted } }
        set { state.withLock { $0.wanted = min(max(newValue, 0), Self.most) } }
    }

    /// How many requests each replica has answered, how many were not, and the answers since a moment.
    func figures(since start: ContinuousClock.Instant) -> (served: [String: Int], failed: Int, recent: [Answer]) {
        state.withLock { state in
            state.recent.removeAll { $0.at < start }
            return (state.served, state.failed, state.recent)
        }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { tasks in
                for number in 0..<Self.most { tasks.addTask { await self.run(client: number) } }
            }
        }
    }

    private func run(client number: Int) async {
        while !Task.isCancelled {
            guard number < wanted else {
                try? await Task.sleep(for: .milliseconds(50))
                continue
            }
            let start = ContinuousClock.now
            do {
                let replica = try await ask()
                let end = ContinuousClock.now
                state.withLock { state in
                    state.served[replica, default: 0] += 1
                    state.recent.append(Answer(replica: replica, time: start.duration(to: end), at: end))
                }
            } catch {
                guard !Task.isCancelled else { return }
                state.withLock { $0.failed += 1 }
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    /// Asks once.
    ///
    /// - Returns: The last line of the answer: who gave it.
    private func ask() async throws -> String {
        let connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(5))
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await connection.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: "GET /cgi-bin/work HTTP/1.0\r\n\r\n"))
            var answer = ""
            for try await part in inbound { answer += String(buffer: part) }
            let lines = answer.split(whereSeparator: \.isNewline)
            guard let status = lines.first, status.contains(" 200 "), let replica = lines.last else {
                throw Options.Failure("the service does not answer")
            }
            return String(replica)
        }
    }
}
