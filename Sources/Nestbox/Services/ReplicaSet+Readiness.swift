// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Synchronization

/// When clients are sent to a replica: once it takes connections on every published port, and its health check, if it has
/// one, has succeeded.
extension ReplicaSet {
    /// How long a service's start waits for those that answer without a health check, so that all take part at once.
    private static let startPatience = Duration.seconds(5)

    /// Sends clients to the first replicas that answer soon; the others get them from ``run()`` on.
    ///
    /// Health checks run from then on too, so one that has a check is left to that.
    func admitFirst() async {
        await withDiscardingTaskGroup { tasks in
            for replica in live where !replica.container.hasHealthCheck {
                tasks.addTask {
                    guard let isReady = try? await self.becomesReady(replica, within: Self.startPatience), isReady
                    else { return }
                    try? self.admit(replica)
                }
            }
        }
    }

    /// Sends clients to a replica once it can serve, however long that takes; one that becomes unhealthy before is ended.
    func admitWhenReady(_ replica: Replica) async {
        while !Task.isCancelled {
            do {
                guard try await becomesReady(replica, within: .seconds(3600)) else { continue }
                return try admit(replica)
            } catch {
                // It has ended, or is not wanted any more.
                return
            }
        }
    }

    /// Sends clients to a replica, unless it is to end or has clients already.
    func admit(_ replica: Replica) throws {
        let isWanted = state.withLock { state in
            guard let index = state.replicas.firstIndex(where: { $0.number == replica.number }),
                state.replicas[index].isLive, !state.replicas[index].isLeaving, !state.replicas[index].isAdmitted
            else { return false }
            state.replicas[index].isAdmitted = true
            return true
        }
        guard isWanted else { return }
        let identifier = replica.container.identifier
        for port in ports { try port.add(identifier, by: replica.container.connection) }
        // One that has ended meanwhile, or is to, was taken away before it was there.
        let present = state.withLock { state in state.replicas.first { $0.number == replica.number } }
        guard let present, present.isLive else { return withdraw(replica) }
        if present.isLeaving { for port in ports { port.drain(identifier) } }
    }

    func requireAlive(_ replica: Replica) throws {
        guard live.contains(where: { $0.container.identifier == replica.container.identifier }) else {
            throw NestboxError(.launch, "container '\(replica.container.name)' ended soon after its start")
        }
    }

    /// Waits until a replica can serve: it takes connections on every port that is published, and is healthy if it has a
    /// health check.
    ///
    /// - Returns: Whether it came to that in time.
    /// - Throws: ``NestboxError`` if it has ended, or `CancellationError`.
    func becomesReady(_ replica: Replica, within time: Duration) async throws -> Bool {
        let deadline = ContinuousClock.now + time
        var pause = Duration.milliseconds(2)
        while true {
            try requireAlive(replica)
            if replica.container.isHealthy, await answers(replica) { return true }
            if ContinuousClock.now >= deadline { return false }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(100))
        }
    }

    private func answers(_ replica: Replica) async -> Bool {
        for port in ports where await !port.answers(replica.container.connection) { return false }
        return true
    }
}
