// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Testing

@testable import ContainerKit

@Suite("A container's life", .runsContainers)
struct LifecycleTests {
    @Test("its program runs and its end is told")
    func runs() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let finished = try await runtime.finish(rootFilesystem.shell("echo hello; echo oops >&2; exit 3"))
            #expect(finished.output == "hello\n")
            #expect(finished.error == "oops\n")
            #expect(finished.status == .exited(3))
        }
    }

    @Test("a created container waits for its start")
    func gate() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let container = try await runtime.create(rootFilesystem.shell("echo started"))
            #expect(container.state == .created)
            try await container.start()
            let output = try await container.standardOutput.collect(upTo: 100)
            #expect(String(decoding: output, as: UTF8.self) == "started\n")
            #expect(try await container.wait() == .exited(0))
            #expect(container.state == .stopped(.exited(0)))
            try await container.delete()
            #expect(container.state == .deleted)
        }
    }

    @Test("starting twice, and deleting while it runs, are refused")
    func refusals() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let container = try await runtime.run(rootFilesystem.shell("sleep 1000"))
            await #expect(throws: ContainerError.self) { try await container.start() }
            let error = await #expect(throws: ContainerError.self) { try await container.delete() }
            #expect(error?.code == .invalidState)
            #expect(try await container.kill() == .signaled(.kill))
            try await container.delete()
            try await container.delete()
        }
    }

    @Test("a container that was never started can be stopped and deleted")
    func stopCreated() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let container = try await runtime.create(rootFilesystem.shell("true"))
            #expect(try await container.stop() == .signaled(.kill))
            try await container.delete()
        }
    }

    @Test("stop sends the stop signal and the program ends in its own way")
    func stopsGracefully() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let container = try await runtime.run(
                rootFilesystem.shell("trap 'exit 7' TERM; echo ready; while true; do sleep 0.05; done")
            )
            for try await line in container.standardOutput.lines where line == "ready" { break }
            #expect(try await container.stop() == .exited(7))
            try await container.delete()
        }
    }

    @Test("stop kills a program that does not end within the grace period")
    func stopKills() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let container = try await runtime.run(
                rootFilesystem.shell("trap '' TERM; echo ready; while true; do sleep 0.05; done")
            )
            for try await line in container.standardOutput.lines where line == "ready" { break }
            #expect(try await container.stop(gracePeriod: .milliseconds(200)) == .signaled(.kill))
            try await container.delete()
        }
    }

    @Test("a paused container can be resumed, and killed", .needsRoot)
    func pauses() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let container = try await runtime.run(
                rootFilesystem.shell("i=0; while true; do i=$((i+1)); echo $i; sleep 0.02; done")
            )
            var lines = container.standardOutput.lines.makeAsyncIterator()
            _ = try await lines.next()
            try container.pause()
            let before = try container.usage().cpu.used
            try await Task.sleep(for: .milliseconds(100))
            #expect(try container.usage().cpu.used == before)
            try container.resume()
            _ = try await lines.next()
            try container.pause()
            #expect(try await container.kill() == .signaled(.kill))
            try await container.delete()
        }
    }

    @Test("everything the program left running ends with it")
    func killsDescendants() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let container = try await runtime.run(
                rootFilesystem.shell("setsid sleep 1000 & setsid sleep 1000 & echo ready; sleep 1000")
            )
            for try await line in container.standardOutput.lines where line == "ready" { break }
            try await container.kill()
            // Their ends of the stream are closed only when all of them are gone.
            #expect(try await container.standardOutput.collect(upTo: 10) == [])
            try await container.delete()
        }
    }

    @Test("withContainer leaves nothing running, whatever its closure throws")
    func scope() async throws {
        struct Boom: Error {}
        try await withRuntime { runtime, rootFilesystem in
            var pid: Int32 = 0
            await #expect(throws: Boom.self) {
                try await runtime.withContainer(rootFilesystem.shell("sleep 1000")) { container in
                    pid = container.processIdentifier
                    throw Boom()
                }
            }
            #expect(Glibc.kill(pid, 0) == -1)
            #expect(runtime.containers.isEmpty)
        }
    }

    @Test("a cancelled task ends its container")
    func cancellation() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let configuration = rootFilesystem.shell("sleep 1000")
            let task = Task {
                try await runtime.withContainer(configuration) { container in try await container.wait() }
            }
            while runtime.containers.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(runtime.containers.isEmpty)
        }
    }

    @Test("two containers of one runtime can't have one name")
    func duplicates() async throws {
        try await withRuntime { runtime, rootFilesystem in
            var first = rootFilesystem.shell("sleep 1000")
            first.identifier = "twin"
            let container = try await runtime.run(first)
            let error = await #expect(throws: ContainerError.self) { try await runtime.run(first) }
            #expect(error?.code == .duplicateIdentifier)
            try await container.kill()
            try await container.delete()
            // The name is free again.
            try await runtime.withContainer(first) { _ in }
        }
    }

    @Test("closing the runtime ends its containers, and it takes no more")
    func close() async throws {
        let rootFilesystem = try TestRootFilesystem()
        let runtime = try ContainerRuntime()
        let container = try await runtime.run(rootFilesystem.shell("sleep 1000"))
        try await runtime.close()
        #expect(container.state == .deleted)
        let error = await #expect(throws: ContainerError.self) {
            try await runtime.run(rootFilesystem.shell("true"))
        }
        #expect(error?.code == .runtimeClosed)
    }

    @Test("many containers run at once")
    func concurrency() async throws {
        try await withRuntime { runtime, rootFilesystem in
            try await withThrowingTaskGroup(of: String.self) { tasks in
                for number in 0..<32 {
                    var configuration = rootFilesystem.shell("echo \(number)")
                    configuration.rootFilesystem = .directory(rootFilesystem.path)
                    let launched = configuration
                    tasks.addTask { try await runtime.finish(launched).output }
                }
                var seen: Set<String> = []
                for try await output in tasks { seen.insert(output) }
                #expect(seen == Set((0..<32).map { "\($0)\n" }))
            }
        }
    }
}
