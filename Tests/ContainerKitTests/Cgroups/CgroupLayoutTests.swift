// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import SystemPackage
import Testing

@Suite("The cgroup layout is read from two files of /proc")
struct CgroupLayoutTests {
    private func layout(_ recorded: RecordedLayout) -> CgroupLayout {
        CgroupLayout(mountInfo: Array(recorded.mountInfo.utf8), processCgroup: Array(recorded.processCgroup.utf8))
    }

    @Test("systemd's legacy layout has v1 only, with cpu and cpuacct together")
    func legacy() throws {
        let layout = layout(.systemdLegacy)
        #expect(layout.mode == .legacy)
        #expect(layout.unified == nil)
        let cpu = try #require(layout.legacy(.cpu))
        #expect(cpu.mountPoint == "/sys/fs/cgroup/cpu,cpuacct")
        #expect(layout.legacy(.cpuacct) == cpu)
        #expect(cpu.ownGroup == "user.slice")
        #expect(layout.hierarchies.contains { $0.name == "systemd" && $0.controllers.isEmpty })
    }

    @Test("systemd's hybrid layout has v1 controllers and v2 beside them")
    func hybrid() throws {
        let layout = layout(.systemdHybrid)
        #expect(layout.mode == .hybrid)
        #expect(layout.hierarchies.first?.version == .v2)
        #expect(layout.unified?.mountPoint == "/sys/fs/cgroup/unified")
        #expect(layout.unified?.ownGroup == "user.slice/user-1000.slice/session-2.scope")
        #expect(layout.legacy(.memory)?.mountPoint == "/sys/fs/cgroup/memory")
    }

    @Test("a current distribution has v2 only")
    func unified() throws {
        let layout = layout(.unified)
        #expect(layout.mode == .unified)
        #expect(layout.hierarchies.count == 1)
        #expect(layout.unified?.ownGroup == "system.slice/my\\x2dserver.service")
        #expect(layout.legacy(.memory) == nil)
    }

    @Test("in a container without a cgroup namespace the own group is relative to what is mounted")
    func container() throws {
        let layout = layout(.dockerLegacy)
        #expect(layout.mode == .legacy)
        #expect(layout.legacy(.memory)?.ownGroup == "")
        #expect(layout.legacy(.cpu)?.ownGroup == "init")
        #expect(layout.legacy(.memory)?.isReadOnly == true)
        #expect(layout.legacy(.pids) == nil)
    }

    @Test("separate hierarchies for cpu and cpuacct stay apart")
    func separate() throws {
        let layout = layout(.separateControllers)
        #expect(layout.mode == .hybrid)
        #expect(layout.legacy(.cpu)?.mountPoint == "/sys/fs/cgroup/cpu")
        #expect(layout.legacy(.cpuacct)?.mountPoint == "/sys/fs/cgroup/cpuacct")
        #expect(layout.legacy(.memory)?.ownGroup == "service/1")
    }

    @Test("without cgroups there is no layout")
    func none() {
        #expect(CgroupLayout(mountInfo: [], processCgroup: []).mode == .none)
        #expect(layout(RecordedLayout(mountInfo: "garbage\n\n1 2 3 - - -", processCgroup: "x\n:::\n")).mode == .none)
    }

    @Test("a mount that a later one covers is not used")
    func covered() {
        var recorded = RecordedLayout.unified
        recorded.mountInfo += "\n50 34 0:29 /deep /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw\n"
        #expect(layout(recorded).unified?.mountRoot == "/deep")
        recorded.mountInfo += "60 31 0:99 / /sys rw,relatime - tmpfs tmpfs rw\n"
        #expect(layout(recorded).unified == nil)
    }

    @Test("of several mounts of one hierarchy the writable one that shows this process wins")
    func several() {
        var recorded = RecordedLayout.unified
        recorded.mountInfo = """
            40 31 0:29 /system.slice/other /var/lib/x/rootfs/sys/fs/cgroup ro,relatime - cgroup2 cgroup2 rw
            41 31 0:29 /system.slice/other /srv/cg rw,relatime - cgroup2 cgroup2 rw

            """ + recorded.mountInfo
        #expect(layout(recorded).unified?.mountPoint == "/sys/fs/cgroup")
    }

    @Test("octal escapes in mount points are resolved")
    func escapes() {
        let recorded = RecordedLayout(
            mountInfo: #"9 1 0:9 / /mnt/a\040b\011c\012d\134e\0401 rw - cgroup2 cgroup2 rw"#,
            processCgroup: "0::/"
        )
        #expect(layout(recorded).unified?.mountPoint == "/mnt/a b\tc\nd\\e 1")
    }

    @Test("optional fields, none or many, and an empty source do not shift the others")
    func optionalFields() {
        let recorded = RecordedLayout(
            mountInfo: "9 1 0:9 / /mnt rw shared:1 master:2 propagate_from:3 unbindable - cgroup  rw,cpu,cpuacct",
            processCgroup: "3:cpuacct,cpu:/a:b"
        )
        let cpu = layout(recorded).legacy(.cpu)
        #expect(cpu?.mountPoint == "/mnt")
        #expect(cpu?.ownGroup == "a:b")
    }

    @Test("a group outside the cgroup namespace is not taken for one below the mount")
    func outsideNamespace() {
        var recorded = RecordedLayout.unified
        recorded.processCgroup = "0::/../../system.slice\n"
        #expect(layout(recorded).unified?.ownGroup == nil)
        recorded.processCgroup = "0::/a\n"
        recorded.mountInfo = "9 1 0:9 /.. /sys/fs/cgroup rw - cgroup2 cgroup2 rw"
        #expect(layout(recorded).unified?.ownGroup == nil)
        recorded.mountInfo = "9 1 0:9 /ab /sys/fs/cgroup rw - cgroup2 cgroup2 rw"
        #expect(layout(recorded).unified?.ownGroup == nil)
    }

    @Test("files cut off anywhere never trap")
    func truncated() {
        let mounts = Array(RecordedLayout.systemdHybrid.mountInfo.utf8)
        let groups = Array(RecordedLayout.systemdHybrid.processCgroup.utf8)
        for end in stride(from: 0, to: mounts.count, by: 13) {
            let layout = CgroupLayout(mountInfo: Array(mounts[..<end]), processCgroup: groups)
            #expect(layout.hierarchies.count <= 7)
        }
        for end in stride(from: 0, to: groups.count, by: 7) {
            #expect(CgroupLayout(mountInfo: mounts, processCgroup: Array(groups[..<end])).hierarchies.count <= 7)
        }
    }

    @Test("this machine's own layout is found")
    func thisMachine() throws {
        let layout = try CgroupLayout.current()
        for hierarchy in layout.hierarchies {
            #expect(hierarchy.mountPoint.isAbsolute)
        }
        #expect(layout.mode != .none)
    }
}
