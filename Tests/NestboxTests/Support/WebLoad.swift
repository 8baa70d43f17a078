// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Synchronization

/// Many clients that ask a web server again and again, each over a connection that it keeps, until they are told to end.
final class WebLoad: Sendable {
    struct Result: Sendable {
        /// How often each body came.
        var answered: [String: Int] = [:]
        var failures: [String] = []

        var count: Int { answered.values.reduce(0, +) }

        mutating func add(_ other: Result) {
            answered.merge(other.answered, uniquingKeysWith: +)
            failures += other.failures
        }
    }

    private let port: UInt16
    private let path: String
    private let isOver = Atomic(false)
    private let served = Atomic(0)

    init(port: UInt16, path: String = "/") {
        self.port = port
        self.path = path
    }

    /// How many requests have been answered until now.
    var progress: Int { served.load(ordering: .relaxed) }

    /// Asks while something is done.
    static func around(
        _ port: UInt16,
        path: String = "/",
        clients: Int = 6,
        _ body: (WebLoad) async throws -> Void
    ) async throws -> Result {
        let load = WebLoad(port: port, path: path)
        return try await withThrowingTaskGroup(of: Result.self) { tasks in
            for _ in 0..<clients { tasks.addTask { try await OwnThread.run { load.ask() } } }
            defer { load.isOver.store(true, ordering: .relaxed) }
            try await body(load)
            // Whatever was changed last is asked for too.
            let before = load.progress
            while load.progress < before + 10 * clients { try await Task.sleep(for: .milliseconds(5)) }
            load.isOver.store(true, ordering: .relaxed)
            var sum = Result()
            for try await result in tasks { sum.add(result) }
            return sum
        }
    }

    private func ask() -> Result {
        var result = Result()
        var connection: WebConnection?
        while !isOver.load(ordering: .relaxed) {
            do {
                let present = try connection ?? WebConnection(port: port)
                connection = present
                let answer = try present.get(path)
                if answer.status == 200 {
                    result.answered[answer.body.filter { !$0.isNewline }, default: 0] += 1
                } else {
                    result.failures.append("status \(answer.status)")
                }
                if answer.head.lowercased().contains("connection: close") { connection = nil }
            } catch {
                result.failures.append("\(error)")
                connection = nil
            }
            served.add(1, ordering: .relaxed)
            usleep(1000)
        }
        return result
    }
}
