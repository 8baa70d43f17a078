// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Glibc
import Synchronization
import SystemPackage
import Testing

/// The v2 writer against a directory that looks like a v2 hierarchy.
///
/// What the kernel makes of the writes is tested in
/// the VM, the only place where v2 has the controllers.
@Suite("On v2 the right values reach the right files")
struct UnifiedCgroupTests {
    private let mount: RecordedUnifiedMount

    init() throws {
        mount = try RecordedUnifiedMount()
    }

    @Test("limits are written to the group's files, and its directory is what a launch joins by")
    func limits() throws {
        let tree = try CgroupTree(layout: mount.layout(ownGroup: "/"), hook: mount.hook)
        let group = try tree.makeGroup(
            at: .runtime("web"),
            resources: Resources(
                memory: .init(limit: .mebibytes(64), reservation: .mebibytes(16), swap: .mebibytes(96)),
                cpu: .init(shares: 1024, quota: 150_000, period: 100_000, cpus: "0"),
                pids: .init(limit: 9)
            )
        )
        let path = try #require(group.paths.first)
        #expect(group.paths.count == 1)
        #expect(path.starts(with: mount.path.appending("nestbox")))
        #expect(try contents(path, "memory.max") == "67108864")
        #expect(try contents(path, "memory.swap.max") == "33554432")
        #expect(try contents(path, "memory.low") == "16777216")
        #expect(try contents(path, "cpu.weight") == "100")
        #expect(try contents(path, "cpu.max") == "150000 100000")
        #expect(try contents(path, "cpuset.cpus") == "0")
        #expect(try contents(path, "pids.max") == "9")
        let join = try group.openJoin()
        #expect(join.tasks.isEmpty)
        #expect(join.directory != nil)
    }

    @Test("controllers are passed on from the top down to the runtime's group")
    func delegation() throws {
        _ = try CgroupTree(layout: mount.layout(ownGroup: "/"), hook: mount.hook)
        #expect(try contents(mount.path, "cgroup.subtree_control") == "+memory +cpu +pids")
        #expect(try contents(mount.path.appending("nestbox"), "cgroup.subtree_control") == "+memory +cpu +pids")
    }

    @Test("where processes keep controllers from being passed on, only a limit is refused, with what to do about it")
    func internalProcesses() throws {
        let busy: CgroupHook = { [mount] operation, path in
            try mount.hook(operation, path)
            if operation == "write", path.lastComponent == "cgroup.subtree_control" {
                throw ContainerError(.cgroup, "busy", operation: operation, path: path, errno: .resourceBusy)
            }
        }
        let tree = try CgroupTree(layout: mount.layout(ownGroup: "/"), hook: busy)
        let error = try #require(throws: ContainerError.self) {
            try tree.makeGroup(at: .runtime("web"), resources: Resources(pids: .init(limit: 9)))
        }
        #expect(error.errno == .resourceBusy)
        #expect(error.message.contains("DelegateSubgroup"))
        _ = try tree.makeGroup(at: .runtime("free"))
    }

    @Test("without rights at the top, groups are made beneath the own one")
    func ownGroup() throws {
        let top = mount.path.appending("nestbox")
        try mount.makeGroup("user.slice")
        let unprivileged: CgroupHook = { [mount] operation, path in
            if operation == "mkdir", path == top {
                throw ContainerError(.cgroup, "no", operation: operation, path: path, errno: .permissionDenied)
            }
            try mount.hook(operation, path)
        }
        let tree = try CgroupTree(layout: mount.layout(ownGroup: "/user.slice"), hook: unprivileged)
        let group = try tree.makeGroup(at: .runtime("web"), resources: Resources(pids: .init(limit: 9)))
        #expect(group.paths.first?.starts(with: mount.path.pushing("user.slice/nestbox")) == true)
    }

    @Test("a read-only hierarchy refuses limits but not containers without any")
    func readOnly() throws {
        var layout = mount.layout(ownGroup: "/")
        layout.hierarchies[0].isReadOnly = true
        let tree = try CgroupTree(layout: layout)
        #expect(try tree.makeGroup(at: .runtime("free")).paths == [])
        let error = try #require(throws: ContainerError.self) {
            try tree.makeGroup(at: .runtime("web"), resources: Resources(pids: .init(limit: 9)))
        }
        #expect(error.errno == .readOnlyFileSystem)
    }
}
