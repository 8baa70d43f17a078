// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Glibc
import SystemPackage
import Testing

@Suite("What dead runtimes left is found and removed", .realControlGroups)
struct CgroupSweepTests {
    @Test("the groups and processes of a dead runtime are gone after a sweep", arguments: [false, true])
    func dead(legacyOnly: Bool) throws {
        let sandbox = try CgroupSandbox(legacyOnly: legacyOnly)
        let process = try startInForgottenGroup(sandbox)
        let tree = try sandbox.tree()
        let sweep = tree.sweep()
        #expect(sweep.failures == [])
        #expect(sweep.removed == tree.containerHierarchies.count)
        #expect(sandbox.wait(for: process) == SIGKILL)
        try tree.close()
        #expect(sandbox.leftovers() == [])
    }

    @Test("a runtime that lives is never swept")
    func alive() throws {
        let sandbox = try CgroupSandbox()
        let first = try sandbox.tree()
        let group = try first.makeGroup(at: .runtime("alive"))
        let second = try sandbox.tree()
        #expect(second.sweep().removed == 0)
        _ = try group.usage()
        try second.close()
        _ = try group.usage()
        try group.remove()
        try first.close()
        #expect(sandbox.leftovers() == [])
    }

    @Test("a container that outlives its runtime is not swept and can be found again")
    func detached() throws {
        let sandbox = try CgroupSandbox()
        let path = try sandbox.parentPath.appending("detached").appending("db")
        let limits = Resources(memory: .init(limit: .mebibytes(64), swap: .mebibytes(64)))
        _ = try sandbox.tree().makeGroup(at: .path(path), resources: limits)
        let tree = try sandbox.tree()
        _ = tree.sweep()
        let found = try tree.findGroup(at: path, resources: limits)
        #expect(try found.usage().memory.limit == 64 << 20)
        try found.update(Resources(memory: .init(limit: .mebibytes(32))))
        try found.remove()
        #expect(throws: ContainerError.self) { try tree.findGroup(at: path) }
        rmdirAll(sandbox, "detached")
        try tree.close()
        #expect(sandbox.leftovers() == [])
    }

    /// Runs a process in a group of a runtime whose descriptors are all closed when this returns, as by its death.
    private func startInForgottenGroup(_ sandbox: CgroupSandbox) throws -> pid_t {
        let group = try sandbox.tree().makeGroup(at: .runtime("orphan"))
        let process = try sandbox.start("exec sleep 60", in: group)
        for path in group.paths { #expect(try eventually { try contents(path, "cgroup.procs") == String(process) }) }
        return process
    }

    private func rmdirAll(_ sandbox: CgroupSandbox, _ name: String) {
        for hierarchy in sandbox.layout.hierarchies {
            rmdir("\(hierarchy.mountPoint)/\(sandbox.parentPath)/\(name)")
        }
    }
}
