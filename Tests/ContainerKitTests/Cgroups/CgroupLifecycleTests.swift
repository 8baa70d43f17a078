// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Glibc
import Synchronization
import SystemPackage
import Testing

@Suite("Groups end without leaving anything", .realControlGroups)
struct CgroupLifecycleTests {
    @Test("killing a group leaves none of a tree of forking processes", arguments: [false, true])
    func killForking(legacyOnly: Bool) throws {
        let sandbox = try CgroupSandbox(legacyOnly: legacyOnly)
        let tree = try sandbox.tree()
        let group = try tree.makeGroup(at: .runtime("forking"), resources: Resources(pids: .init(limit: 500)))
        let loop = "while :; do sleep 0.5 & sleep 0.01; done"
        let process = try sandbox.start("(\(loop)) & \(loop)", in: group)
        #expect(try eventually { try (group.usage().pids.current ?? 0) > 15 })
        try group.kill()
        #expect(sandbox.wait(for: process) == SIGKILL)
        for path in group.paths { #expect(try eventually { try contents(path, "cgroup.procs") == "" }) }
        try group.remove()
        try tree.close()
        #expect(sandbox.leftovers() == [])
    }

    @Test("a frozen group stands still, runs on when thawed, and dies when killed", arguments: [false, true])
    func freeze(legacyOnly: Bool) throws {
        let sandbox = try CgroupSandbox(legacyOnly: legacyOnly)
        let tree = try sandbox.tree()
        let group = try tree.makeGroup(at: .runtime("paused"))
        let process = try sandbox.start("while :; do :; done", in: group)
        #expect(try eventually { try (group.processorTime() ?? .zero) > .milliseconds(20) })
        try group.freeze()
        let before = try group.processorTime()
        usleep(50_000)
        #expect(try group.processorTime() == before)
        try group.thaw()
        #expect(try eventually { try group.processorTime() != before })
        try group.freeze()
        try group.kill()
        #expect(sandbox.wait(for: process) == SIGKILL)
        try group.remove()
        try tree.close()
        #expect(sandbox.leftovers() == [])
    }

    @Test("groups that a container made below its own are killed and removed too", arguments: [false, true])
    func nested(legacyOnly: Bool) throws {
        let sandbox = try CgroupSandbox(legacyOnly: legacyOnly)
        let tree = try sandbox.tree()
        let group = try tree.makeGroup(at: .runtime("nested"))
        let deep = group.paths.map { "mkdir -p '\($0)/a/b' && echo 0 > '\($0)/a/b/cgroup.procs' && " }.joined()
        let process = try sandbox.start(deep + "exec sleep 60", in: group)
        for path in group.paths {
            #expect(eventually { (try? contents(path.pushing("a/b"), "cgroup.procs")) == String(process) })
        }
        try group.kill()
        #expect(sandbox.wait(for: process) == SIGKILL)
        try group.remove()
        try tree.close()
        #expect(sandbox.leftovers() == [])
    }

    @Test("a group in which a process lives is not removed, and the error says so")
    func removeBusy() throws {
        let sandbox = try CgroupSandbox()
        let tree = try sandbox.tree()
        let group = try tree.makeGroup(at: .runtime("busy"))
        let process = try sandbox.start("exec sleep 60", in: group)
        for path in group.paths { #expect(try eventually { try contents(path, "cgroup.procs") == String(process) }) }
        let error = try #require(throws: ContainerError.self) { try group.remove() }
        #expect(error.code == .cgroup && error.errno == .resourceBusy && error.operation == "rmdir")
        try group.kill()
        _ = sandbox.wait(for: process)
        try group.remove()
        try group.remove()
    }

    @Test("a name that is taken is refused, and the one who has it keeps its group")
    func duplicate() throws {
        let sandbox = try CgroupSandbox()
        let tree = try sandbox.tree()
        let group = try tree.makeGroup(at: .runtime("web"))
        let error = try #require(throws: ContainerError.self) { try tree.makeGroup(at: .runtime("web")) }
        #expect(error.code == .duplicateIdentifier)
        _ = try group.usage()
        try group.remove()
    }

    @Test("a bad name or limit is refused before anything is made", arguments: ["", "..", "a/b", "tasks", "a\nb"])
    func badName(name: String) throws {
        let operations = Operations()
        let sandbox = try CgroupSandbox()
        let tree = try sandbox.tree(hook: operations.hook)
        operations.reset()
        #expect(throws: ContainerError.self) { try tree.makeGroup(at: .runtime(name)) }
        #expect(throws: ContainerError.self) {
            try tree.makeGroup(at: .runtime("fine"), resources: Resources(pids: .init(limit: -3)))
        }
        #expect(operations.count == 0)
    }

    @Test(
        "whichever step of making a group fails, nothing stays and the error names the step",
        arguments: [false, true]
    )
    func everyStepFails(atPath: Bool) throws {
        let operations = Operations()
        let sandbox = try CgroupSandbox()
        let tree = try sandbox.tree(hook: operations.hook)
        let resources = Resources(
            memory: .init(limit: .mebibytes(64), swap: .mebibytes(64)),
            cpu: .init(shares: 100, quota: 50_000, cpus: "0"),
            pids: .init(limit: 5)
        )
        let location: CgroupLocation =
            atPath ? .path(try CgroupPath("\(sandbox.parentPath)/detached/x")) : .runtime("x")
        // The first group with a cpuset opens that hierarchy for good, so it is not counted.
        try tree.makeGroup(at: location, resources: resources).remove()
        let before = sandbox.leftovers()
        operations.reset()
        let group = try tree.makeGroup(at: location, resources: resources)
        let steps = operations.count
        try group.remove()
        #expect(steps > 10)
        for step in 1...steps {
            operations.reset(failing: step)
            #expect(throws: Operations.Injected(step: step)) { try tree.makeGroup(at: location, resources: resources) }
            #expect(sandbox.leftovers() == before)
        }
        operations.reset()
        try tree.close()
        #expect(sandbox.leftovers() == [])
    }

    @Test("whichever step of opening a runtime's groups fails, nothing stays")
    func everyStepOfOpeningFails() throws {
        let sandbox = try CgroupSandbox()
        let operations = Operations()
        try sandbox.tree(hook: operations.hook).close()
        for step in 1...operations.count {
            operations.reset(failing: step)
            let tree = try? sandbox.tree(hook: operations.hook)
            operations.reset()
            try tree?.close()
            #expect(sandbox.leftovers().filter { $0.contains("/run-") } == [], "step \(step)")
        }
    }

    @Test("a group at a path takes away the groups made on the way to it, and only those")
    func path() throws {
        let sandbox = try CgroupSandbox()
        let tree = try sandbox.tree()
        let parent = sandbox.parentPath
        let first = try tree.makeGroup(at: .path(try CgroupPath("/\(parent)/pods/a/web")))
        let second = try tree.makeGroup(at: .path(try CgroupPath("\(parent)/pods/b/web")))
        try first.remove()
        _ = try second.usage()
        #expect(!sandbox.leftovers().contains { $0.hasSuffix("/pods/a") })
        try second.remove()
        #expect(!sandbox.leftovers().contains { $0.hasSuffix("/pods/b") })
    }
}

/// Counts the operations on the cgroup filesystem and makes one of them fail.
final class Operations: Sendable {
    struct Injected: Error, Equatable {
        var step: Int
    }

    private let state = Mutex((count: 0, failing: 0))

    var count: Int { state.withLock { $0.count } }

    var hook: CgroupHook {
        { _, _ in
            try self.state.withLock { state in
                state.count += 1
                if state.count == state.failing { throw Injected(step: state.count) }
            }
        }
    }

    func reset(failing step: Int = 0) {
        state.withLock { $0 = (0, step) }
    }
}
