// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import Nestbox

extension TestContainer {
    /// Waits until the container can be used.
    ///
    /// - Throws: ``ContainerTestError``: `ended` or `notReady`; or `CancellationError`.
    func waitUntilReady(_ readiness: Readiness, atMost time: Duration) async throws {
        let deadline = ContinuousClock.now + time
        try await wait(for: readiness, until: deadline) {
            failure(.notReady, "can't be used: \(time) were not enough until \(readiness)")
        }
    }

    private func wait(
        for readiness: Readiness,
        until deadline: ContinuousClock.Instant,
        _ failure: () -> ContainerTestError
    ) async throws {
        if case .all(let conditions) = readiness.kind {
            for condition in conditions { try await wait(for: condition, until: deadline, failure) }
            return
        }
        while try await !holds(readiness, until: deadline) {
            try requireRunning(while: readiness)
            guard ContinuousClock.now < deadline else { throw failure() }
            try await Task.sleep(for: readiness.pause)
        }
        // Its log may say that it is ready while it ends.
        try requireRunning(while: readiness)
    }

    private func holds(_ readiness: Readiness, until deadline: ContinuousClock.Instant) async throws -> Bool {
        switch readiness.kind {
        case .started: return true
        case .healthy: return managed.record.state.health?.status == .healthy
        case .port(let port):
            guard hasHostNetwork else { return await managed.answers(on: port) }
            return try await LoopbackConnection.open(port: port, until: deadline) != nil
        case .log(let text, let times): return recorder.lines(holding: text) >= times
        case .command(let command): return try await succeeds(command, until: deadline)
        case .http(let path, let port, let statuses):
            let attempt = min(deadline, .now + .seconds(5))
            let status = try await HTTPProbe(port: try self.port(port), path: path).status(until: attempt)
            return status.map(statuses.contains) ?? false
        case .all: return false
        }
    }

    private func requireRunning(while readiness: Readiness) throws {
        let state = managed.record.state
        guard state.status == .exited else { return }
        throw failure(.ended, "ended with code \(state.exitCode ?? 0) before \(readiness)")
    }

    /// Runs a program in the container; one that takes too long is killed.
    private func succeeds(_ command: [String], until deadline: ContinuousClock.Instant) async throws -> Bool {
        var options = ExecutionOptions(command)
        options.output = .null
        options.error = .null
        let process: ContainerProcess
        do {
            process = try await nestbox.execute(options, in: identifier)
        } catch let error as NestboxError where error.code == .notRunning {
            return false
        }
        return try await withThrowingTaskGroup(of: Bool.self) { tasks in
            tasks.addTask { try await process.wait().isSuccess }
            tasks.addTask {
                try await Task.sleep(until: deadline, clock: .continuous)
                return false
            }
            defer { tasks.cancelAll() }
            do {
                let first = try await tasks.next() ?? false
                if process.status == nil { try? process.send(.kill) }
                return first
            } catch {
                try? process.send(.kill)
                throw error
            }
        }
    }

    private func failure(_ code: ContainerTestError.Code, _ what: String) -> ContainerTestError {
        let lines = recorder.text.split(separator: "\n").suffix(20)
        let written = lines.isEmpty ? "it wrote nothing" : "it wrote:\n    " + lines.joined(separator: "\n    ")
        return ContainerTestError(code, "container '\(managed.name)' of image '\(image)' \(what); \(written)")
    }
}

extension Readiness {
    /// How long to wait before it is looked at again: running a program costs more than looking.
    fileprivate var pause: Duration {
        switch kind {
        case .command, .http: .milliseconds(50)
        default: .milliseconds(10)
        }
    }
}
