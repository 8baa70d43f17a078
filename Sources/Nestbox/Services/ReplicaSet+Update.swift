// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Logging
internal import Synchronization

extension ReplicaSet {
    func update(to specification: ServiceSpecification, _ tasks: inout DiscardingTaskGroup) async throws {
        let former = self.specification
        let leaving = live
        var wanted = specification
        wanted.container.ports = former.container.ports
        wanted.http = former.http
        try balance(wanted, after: former)
        state.withLock { $0.specification = wanted }
        if wanted.differsInRulesOnly(from: former) { return }
        var fresh: [Replica] = []
        do {
            var rest = leaving[...]
            while !rest.isEmpty {
                let batch = Array(rest.prefix(specification.update.parallelism))
                rest = rest.dropFirst(batch.count)
                var started: [Replica] = []
                for _ in batch {
                    let replica = try await start()
                    fresh.append(replica)
                    started.append(replica)
                    tasks.addTask { await self.lookAfter(replica, isOnTrial: true) }
                }
                for replica in started { try await prove(replica, specification.update) }
                for replica in started { try admit(replica) }
                await drain(batch)
            }
        } catch {
            guard specification.update.rollsBack else { throw error }
            await rollBack(to: former, fresh, count: leaving.count, &tasks)
            throw NestboxError(.launch, "the update was taken back", cause: error)
        }
    }

    /// Spreads requests by the policy of a specification, if that is another than before.
    private func balance(_ wanted: ServiceSpecification, after former: ServiceSpecification) throws {
        guard wanted.policy != former.policy else { return }
        for port in ports { try port.use(wanted.balancing) }
    }

    /// Brings the service back to what it was.
    private func rollBack(
        to former: ServiceSpecification,
        _ fresh: [Replica],
        count: Int,
        _ tasks: inout DiscardingTaskGroup
    ) async {
        try? balance(former, after: specification)
        state.withLock { $0.specification = former }
        let remaining = live.filter { replica in !fresh.contains { $0.number == replica.number } }.count
        do {
            for _ in 0..<max(0, count - remaining) {
                let replica = try await start()
                tasks.addTask { await self.lookAfter(replica) }
                // The new ones go only when the old ones serve again.
                let isReady = try? await becomesReady(replica, within: .seconds(former.update.readyTime))
                if isReady == true { try admit(replica) }
            }
        } catch {
            engine.logger.error(
                "a service has fewer containers than before its update",
                metadata: ["service.name": "\(name)", "error": "\(error)"]
            )
        }
        await drain(fresh)
        let event = Event(time: .now(), kind: .service, action: .rollback, identifier: name, attributes: [:])
        engine.eventLog.post(event)
    }

    /// Waits until a replica answers and has kept running for a while.
    private func prove(_ replica: Replica, _ options: UpdateOptions) async throws {
        guard try await becomesReady(replica, within: .seconds(options.readyTime)) else {
            throw NestboxError(
                .launch,
                "container '\(replica.container.name)' did not become ready within \(options.readyTime) seconds"
            )
        }
        let end = ContinuousClock.now + .seconds(options.watchTime)
        while ContinuousClock.now < end {
            try requireAlive(replica)
            try await Task.sleep(for: .milliseconds(50))
        }
        try requireAlive(replica)
    }
}
