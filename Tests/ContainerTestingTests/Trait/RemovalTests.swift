// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerTesting
import Nestbox
import Testing

@Suite("What is left of a test's container", .runsBox)
struct RemovalTests {
    private struct Failure: Error {}

    /// The containers that there are of those that were seen.
    private func left(of seen: Seen) async throws -> [String] {
        let nestbox = try await Nestbox(root: Box.engine.root)
        let left = try nestbox.containers().map(\.identifier).filter(seen.all.contains)
        try await nestbox.close()
        return left
    }

    @Test("nothing, when the test has passed")
    func passed() async throws {
        let seen = Seen()
        try await ContainerTrait.box("exec sleep 1000").run { seen.insert(try TestContainer.current.identifier) }
        #expect(seen.all.count == 1)
        #expect(try await left(of: seen).isEmpty)
    }

    @Test("nothing, when the test has thrown; the error is the test's own")
    func thrown() async throws {
        let seen = Seen()
        await #expect(throws: Failure.self) {
            try await ContainerTrait.box("exec sleep 1000").run {
                seen.insert(try TestContainer.current.identifier)
                throw Failure()
            }
        }
        #expect(seen.all.count == 1)
        #expect(try await left(of: seen).isEmpty)
    }

    @Test("nothing, when the test was cancelled")
    func cancelled() async throws {
        let seen = Seen()
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                try? await ContainerTrait.box("exec sleep 1000").run {
                    seen.insert(try TestContainer.current.identifier)
                    try await Task.sleep(for: .seconds(1000))
                }
            }
            while seen.all.isEmpty { try? await Task.sleep(for: .milliseconds(5)) }
            tasks.cancelAll()
        }
        #expect(try await left(of: seen).isEmpty)
    }

    @Test("nothing, when its program ended before it could be used; the error says how, and what it wrote")
    func ended() async throws {
        let error = await #expect(throws: ContainerTestError.self) {
            try await ContainerTrait.box("echo no license; exit 3", readiness: .port(80)).run {
                Issue.record("the test was run")
            }
        }
        #expect(error?.code == .ended)
        #expect(error?.message.contains("ended with code 3") == true)
        #expect(error?.message.hasSuffix("it wrote:\n    no license") == true)
    }

    @Test("nothing, when it could not be used in time")
    func late() async throws {
        let late = ContainerTrait.box("echo waiting; sleep 1000", readiness: .log("done"), within: .seconds(3))
        let error = await #expect(throws: ContainerTestError.self) {
            try await late.run { Issue.record("the test was run") }
        }
        #expect(error?.code == .notReady)
        #expect(error?.message.contains("until it wrote 'done'") == true)
        #expect(error?.message.hasSuffix("it wrote:\n    waiting") == true)
    }
}
