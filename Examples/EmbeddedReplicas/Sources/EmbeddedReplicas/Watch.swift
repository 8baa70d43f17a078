// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import FoundationEssentials
import Nestbox
import ServiceLifecycle
import Synchronization

/// Looks at the replicas four times a second, and tells all who watch.
final class Watch: Service {
    private static let period = Duration.milliseconds(250)
    /// Over which rates are taken.
    private static let window = Duration.seconds(2)

    private struct Watchers {
        var next = 0
        var streams: [Int: AsyncStream<String>.Continuation] = [:]
        var last: String?
        var hasEnded = false
    }

    private let nestbox: Nestbox
    private let replicas: ReplicaSet
    private let clients: Clients
    private let watchers = Mutex(Watchers())

    init(nestbox: Nestbox, replicas: ReplicaSet, clients: Clients) {
        self.nestbox = nestbox
        self.replicas = replicas
        self.clients = clients
    }

    /// Snapshots as JSON, from now on; who reads slowly misses some.
    func snapshots() -> AsyncStream<String> {
        let (stream, sink) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(1))
        watchers.withLock { watchers in
            guard !watchers.hasEnded else { return sink.finish() }
            let number = watchers.next
            watchers.next += 1
            watchers.streams[number] = sink
            if let last = watchers.last { sink.yield(last) }
            sink.onTermination = { _ in self.forget(number) }
        }
        return stream
    }

    private func forget(_ number: Int) {
        let gone = watchers.withLock { $0.streams.removeValue(forKey: number) }
        _ = gone
    }

    func run() async throws {
        defer { end() }
        try await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                let history = History()
                tasks.addTask { try await self.follow(history) }
                var measures = Measures(allowance: WorkService.processors)
                while !Task.isCancelled {
                    self.tell(try JSONEncoder().encode(self.snapshot(&measures, history)))
                    do { try await Task.sleep(for: Self.period) } catch { break }
                }
                tasks.cancelAll()
            }
        }
    }

    private func tell(_ json: Data) {
        let text = String(decoding: json, as: UTF8.self)
        watchers.withLock { watchers in
            watchers.last = text
            for stream in watchers.streams.values { stream.yield(text) }
        }
    }

    private func end() {
        let streams = watchers.withLock { watchers in
            watchers.hasEnded = true
            return Array(watchers.streams.values)
        }
        for stream in streams { stream.finish() }
    }

    private func snapshot(_ measures: inout Measures, _ history: History) throws -> Snapshot {
        let now = ContinuousClock.now
        let figures = clients.figures(since: now - Self.window)
        let seconds = Self.window / .seconds(1)
        let serving = Set(replicas.identifiers)
        measures.keep(serving)
        let rows = try nestbox.replicas(of: replicas.name).map { record in
            let host = record.shortIdentifier
            return Snapshot.Replica(
                name: record.name,
                identifier: host,
                state: measures.state(of: record.identifier, isServing: serving.contains(record.identifier)),
                cpu: measures.share(of: record.identifier, at: now) {
                    (try? nestbox.usage(of: record.identifier))?.cpu.used
                },
                rate: Double(figures.recent.count { $0.replica == host }) / seconds,
                served: figures.served[host] ?? 0,
                age: record.createdAt.duration(to: .now()) / .seconds(1)
            )
        }
        let times = figures.recent.map { $0.time / .milliseconds(1) }.sorted()
        let specification = replicas.specification
        return Snapshot(
            time: Moment.now().nanoseconds / 1_000_000,
            policy: specification.policy.rawValue,
            minimum: specification.autoscaling?.minimum ?? specification.replicas,
            maximum: specification.autoscaling?.maximum ?? specification.replicas,
            clients: clients.wanted,
            mostClients: Clients.most,
            rate: Double(times.count) / seconds,
            failed: figures.failed,
            median: times.isEmpty ? 0 : times[times.count / 2],
            slowest: times.isEmpty ? 0 : times[min(times.count - 1, times.count * 99 / 100)],
            replicas: rows,
            happenings: history.last
        )
    }

    /// Takes note of what happens to the service and its containers.
    private func follow(_ history: History) async throws {
        for try await event in nestbox.events(since: .now()) {
            let name = event.attributes["name"] ?? event.identifier
            switch event.action {
            case .start: history.add("\(name) started", at: event.time)
            case .die: history.add("\(name) ended", at: event.time)
            case .scale: history.add("scaled to \(event.attributes["replicas"] ?? "?") replicas", at: event.time)
            default: break
            }
        }
    }
}
