// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Synchronization

extension ReplicaSet {
    /// Starts or ends containers until there are so many; those that have died are made up for.
    ///
    /// It returns when each has clients sent to it, or after the time that ``UpdateOptions/readyTime`` says: one that
    /// does not answer by then, or whose health check has not succeeded, gets clients once it does. One that is to end
    /// gets no more clients and is stopped when the last has left it, or after ten seconds.
    ///
    /// - Parameter count: How many containers.
    /// - Throws: ``NestboxError``: why a container could not be started, or that the service is being stopped.
    public func scale(to count: Int) async throws {
        try specification.validate(replicas: count)
        try await ask(.scale(count))
        let deadline = ContinuousClock.now + .seconds(specification.update.readyTime)
        while !live.allSatisfy(\.isAdmitted), ContinuousClock.now < deadline, !state.withLock({ $0.isEnding }) {
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Asks for another number of replicas, and does not wait until they can serve.
    func beginScaling(to count: Int) async throws {
        try specification.validate(replicas: count)
        try await ask(.scale(count))
    }

    /// Replaces the service's containers by others, some at a time.
    ///
    /// A new one is started and has to answer before an old one gets no more clients. If one does not become ready, or
    /// ends soon after, the service goes back to what it was, unless ``UpdateOptions/rollsBack`` says otherwise.
    ///
    /// - Parameter specification: What the service is to be; its name and ports stay.
    /// - Throws: ``NestboxError``: why it was not updated.
    public func update(to specification: ServiceSpecification) async throws {
        try specification.validate()
        try await ask(.update(specification))
    }

    private func ask(_ wish: ServiceRequest.Kind) async throws {
        try await withCheckedThrowingContinuation { answer in
            _ = requests.sink.yield(ServiceRequest(wish, answer))
        }
    }

    func scale(to count: Int, _ tasks: inout DiscardingTaskGroup) async throws {
        state.withLock { $0.wanted = count }
        let present = live
        for _ in 0..<max(0, count - present.count) {
            let replica = try await start()
            tasks.addTask { await self.lookAfter(replica) }
        }
        await drain(Array(present.dropFirst(count)))
    }

    /// Ends replicas once their clients have left, or after ten seconds.
    func drain(_ replicas: [Replica]) async {
        await withDiscardingTaskGroup { ends in
            for replica in replicas { ends.addTask { await self.drain(replica) } }
        }
    }

    private func drain(_ replica: Replica) async {
        let identifier = replica.container.identifier
        state.withLock { state in
            guard let index = state.replicas.firstIndex(where: { $0.number == replica.number }) else { return }
            state.replicas[index].isLeaving = true
        }
        for port in ports { port.drain(identifier) }
        let deadline = ContinuousClock.now + .seconds(10)
        // One that was placed just before counts a moment later.
        repeat {
            do { try await Task.sleep(for: .milliseconds(10)) } catch { break }
        } while ports.contains { $0.inFlight(identifier) > 0 } && ContinuousClock.now < deadline
        _ = try? await replica.container.stop()
        withdraw(replica)
    }
}
