// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import OCIRuntime

/// A field of `linux.resources`, and where a v1 hierarchy and v2 show it.
struct ResourceCase: Sendable, CustomTestStringConvertible {
    let field: String
    let change: String
    /// The file below `/sys/fs/cgroup` with v1, and what is in it.
    let legacy: (file: String, text: String)?
    let unified: (file: String, text: String)?

    var testDescription: String { field }

    init(
        _ field: String,
        _ change: String,
        v1 legacy: (file: String, text: String)? = nil,
        v2 unified: (file: String, text: String)? = nil
    ) {
        self.field = field
        self.change = #"{"linux":{"resources":\#(change)}}"#
        self.legacy = legacy
        self.unified = unified
    }

    static let all: [ResourceCase] = [
        .init(
            "memory.limit",
            #"{"memory":{"limit":67108864}}"#,
            v1: ("memory/memory.limit_in_bytes", "67108864"),
            v2: ("memory.max", "67108864")
        ),
        .init(
            "memory.reservation",
            #"{"memory":{"reservation":33554432}}"#,
            v1: ("memory/memory.soft_limit_in_bytes", "33554432"),
            v2: ("memory.low", "33554432")
        ),
        .init(
            "memory.swap",
            #"{"memory":{"limit":67108864,"swap":100663296}}"#,
            v1: ("memory/memory.memsw.limit_in_bytes", "100663296"),
            v2: ("memory.swap.max", "33554432")
        ),
        .init("memory.swappiness", #"{"memory":{"swappiness":17}}"#, v1: ("memory/memory.swappiness", "17")),
        .init(
            "memory.disableOOMKiller",
            #"{"memory":{"disableOOMKiller":true}}"#,
            v1: ("memory/memory.oom_control", "oom_kill_disable 1")
        ),
        .init("cpu.shares", #"{"cpu":{"shares":512}}"#, v1: ("cpu/cpu.shares", "512"), v2: ("cpu.weight", "20")),
        .init(
            "cpu.quota",
            #"{"cpu":{"quota":30000}}"#,
            v1: ("cpu/cpu.cfs_quota_us", "30000"),
            v2: ("cpu.max", "30000 100000")
        ),
        .init(
            "cpu.period",
            #"{"cpu":{"quota":30000,"period":50000}}"#,
            v1: ("cpu/cpu.cfs_period_us", "50000"),
            v2: ("cpu.max", "30000 50000")
        ),
        .init(
            "cpu.burst",
            #"{"cpu":{"quota":30000,"burst":2000}}"#,
            v1: ("cpu/cpu.cfs_burst_us", "2000"),
            v2: ("cpu.max.burst", "2000")
        ),
        .init("cpu.idle", #"{"cpu":{"idle":1}}"#, v1: ("cpu/cpu.idle", "1"), v2: ("cpu.idle", "1")),
        .init("cpu.cpus", #"{"cpu":{"cpus":"0"}}"#, v1: ("cpuset/cpuset.cpus", "0"), v2: ("cpuset.cpus", "0")),
        .init("cpu.mems", #"{"cpu":{"mems":"0"}}"#, v1: ("cpuset/cpuset.mems", "0"), v2: ("cpuset.mems", "0")),
        .init("pids.limit", #"{"pids":{"limit":77}}"#, v1: ("pids/pids.max", "77"), v2: ("pids.max", "77")),
        .init(
            "blockIO.throttleReadBpsDevice",
            #"{"blockIO":{"throttleReadBpsDevice":[{"major":MAJOR,"minor":MINOR,"rate":1048576}]}}"#,
            v1: ("blkio/blkio.throttle.read_bps_device", "MAJOR:MINOR 1048576"),
            v2: ("io.max", "MAJOR:MINOR rbps=1048576 wbps=max riops=max wiops=max")
        ),
        .init(
            "blockIO.throttleWriteBpsDevice",
            #"{"blockIO":{"throttleWriteBpsDevice":[{"major":MAJOR,"minor":MINOR,"rate":1048576}]}}"#,
            v1: ("blkio/blkio.throttle.write_bps_device", "MAJOR:MINOR 1048576"),
            v2: ("io.max", "MAJOR:MINOR rbps=max wbps=1048576 riops=max wiops=max")
        ),
        .init(
            "blockIO.throttleReadIOPSDevice",
            #"{"blockIO":{"throttleReadIOPSDevice":[{"major":MAJOR,"minor":MINOR,"rate":99}]}}"#,
            v1: ("blkio/blkio.throttle.read_iops_device", "MAJOR:MINOR 99"),
            v2: ("io.max", "MAJOR:MINOR rbps=max wbps=max riops=99 wiops=max")
        ),
        .init(
            "blockIO.throttleWriteIOPSDevice",
            #"{"blockIO":{"throttleWriteIOPSDevice":[{"major":MAJOR,"minor":MINOR,"rate":99}]}}"#,
            v1: ("blkio/blkio.throttle.write_iops_device", "MAJOR:MINOR 99"),
            v2: ("io.max", "MAJOR:MINOR rbps=max wbps=max riops=max wiops=99")
        ),
        .init(
            "blockIO.weight",
            #"{"blockIO":{"weight":500}}"#,
            v1: ("blkio/blkio.bfq.weight", "500"),
            v2: ("io.bfq.weight", "default 500")
        ),
        .init(
            "blockIO.leafWeight",
            #"{"blockIO":{"leafWeight":300}}"#,
            v1: ("blkio/blkio.leaf_weight", "300")
        ),
        .init(
            "blockIO.weightDevice.weight",
            #"{"blockIO":{"weightDevice":[{"major":MAJOR,"minor":MINOR,"weight":400}]}}"#,
            v1: ("blkio/blkio.bfq.weight_device", "MAJOR:MINOR 400"),
            v2: ("io.bfq.weight", "MAJOR:MINOR 400")
        ),
        .init(
            "blockIO.weightDevice.leafWeight",
            #"{"blockIO":{"weightDevice":[{"major":MAJOR,"minor":MINOR,"leafWeight":400}]}}"#,
            v1: ("blkio/blkio.leaf_weight_device", "MAJOR:MINOR 400")
        ),
        .init(
            "hugepageLimits",
            #"{"hugepageLimits":[{"pageSize":"2MB","limit":4194304}]}"#,
            v1: ("hugetlb/hugetlb.2MB.limit_in_bytes", "4194304"),
            v2: ("hugetlb.2MB.max", "4194304")
        ),
        // Every kernel that can make a container's mounts (5.12) has the limit on reservations (5.7).
        .init(
            "hugepageLimits: reservations",
            #"{"hugepageLimits":[{"pageSize":"2MB","limit":4194304}]}"#,
            v1: ("hugetlb/hugetlb.2MB.rsvd.limit_in_bytes", "4194304"),
            v2: ("hugetlb.2MB.rsvd.max", "4194304")
        ),
        .init("network.classID", #"{"network":{"classID":1048577}}"#, v1: ("net_cls/net_cls.classid", "1048577")),
        .init(
            "network.priorities",
            #"{"network":{"priorities":[{"name":"lo","priority":5}]}}"#,
            v1: ("net_prio/net_prio.ifpriomap", "lo 5")
        ),
        .init(
            "rdma",
            #"{"rdma":{"mlx5_1":{"hcaHandles":3,"hcaObjects":10000}}}"#,
            v1: ("rdma/rdma.max", "mlx5_1 hca_handle=3 hca_object=10000"),
            v2: ("rdma.max", "mlx5_1 hca_handle=3 hca_object=10000")
        ),
        .init("unified", #"{"unified":{"hugetlb.2MB.max":"2097152"}}"#, v2: ("hugetlb.2MB.max", "2097152")),
    ]
}

@Suite("Each field of linux.resources is in force, read in the container from its control groups", .runsContainers)
struct ResourceFieldTests {
    private static let top = "/sys/fs/cgroup/"
    private static let isUnified = access(top + "cgroup.controllers", F_OK) == 0

    /// What kernels have by their configuration and age, also where they have the controller.
    private static let optional: Set<String> = [
        "memory.swap", "memory.swappiness", "memory.disableOOMKiller", "cpu.burst", "cpu.idle", "blockIO.weight",
        "blockIO.leafWeight", "blockIO.weightDevice.weight", "blockIO.weightDevice.leafWeight", "rdma",
    ]

    /// The controllers of the v2 hierarchy.
    private static let controllers: [Substring] = {
        let files = "\(top)cgroup.controllers \(top)unified/cgroup.controllers"
        let text = try? Tool.run(["sh", "-c", "cat \(files) 2> /dev/null"])
        return text?.output.split { $0.isWhitespace } ?? []
    }()

    /// The numbers of a whole disk of this machine.
    private static let disk: (major: String, minor: String)? = {
        let list = (try? Tool.run(["sh", "-c", "cat /sys/block/*/dev"]).output) ?? ""
        let all = list.split(separator: "\n").map { $0.split(separator: ":").map(String.init) }
        // Loop devices may have nothing behind them.
        return (all.first { $0[0] != "7" } ?? all.first).map { ($0[0], $0[1]) }
    }()

    /// What is to be seen, with this machine's disk.
    private func filled(_ text: String) -> String {
        text.replacing("MAJOR", with: Self.disk?.major ?? "0").replacing("MINOR", with: Self.disk?.minor ?? "0")
    }

    /// Where the machine has the file: of a v1 hierarchy, of the v2 one beside it, or of v2 alone.
    private func place(_ field: ResourceCase) -> (file: String, text: String)? {
        if !Self.isUnified, let legacy = field.legacy {
            let hierarchy = legacy.file.prefix { $0 != "/" }
            if access(Self.top + hierarchy, F_OK) == 0 { return legacy }
        }
        guard let unified = field.unified, Self.controllers.contains(unified.file.prefix { $0 != "." }) else {
            return nil
        }
        return Self.isUnified ? unified : ("unified/" + unified.file, unified.text)
    }

    @Test("or refused with the reason where this machine has no such controller", arguments: ResourceCase.all)
    func effect(_ field: ResourceCase) throws {
        let bundle = try Bundle()
        let file = place(field)?.file ?? "nowhere"
        let result = try bundle.run("cat \(Self.top)\(file)", changed: filled(field.change))
        if result.status == 0, let expected = place(field)?.text {
            let lines = result.output.split(separator: "\n").map { $0.trimmingSpaces }
            #expect(lines.contains(filled(expected)), "\(result)")
            let without = try bundle.run("cat \(Self.top)\(file)")
            #expect(without.output != result.output, "\(file) does not tell the field from its absence")
        } else {
            // Nothing of the container ran, and the message says what is missing.
            #expect(result.status == 1 && result.output.isEmpty, "\(result)")
            #expect(place(field) == nil || Self.optional.contains(field.field), "\(result)")
            let words = [
                "not available", "machine has no", "has no", "have no", "can't be", "no such device",
                "Operation not supported",
            ]
            #expect(words.contains { result.error.contains($0) }, "\(result)")
        }
    }

    @Test(
        "a limit of a v2 controller that nothing has asked for before is in force at once, at a path, and by an update",
        .enabled(if: controllers.contains("hugetlb"), "needs the hugetlb controller in the v2 hierarchy")
    )
    func onDemand() throws {
        let bundle = try Bundle()
        let name = "on-demand-\(getpid())"
        let file = Self.top + (Self.isUnified ? "" : "unified/") + "hugetlb.2MB.max"
        let limit = #""resources":{"hugepageLimits":[{"pageSize":"2MB","limit":4194304}]}"#
        let result = try bundle.run(
            "cat \(file)",
            changed: #"{"linux":{"cgroupsPath":"/nestbox/\#(name)/x",\#(limit)}}"#
        )
        #expect(result.output == "4194304\n", "\(result)")

        try bundle.configure(["sleep", "1000"])
        #expect(try bundle.oci(["run", "--detach", "--bundle", bundle.path, name]).status == 0)
        defer { _ = try? bundle.oci(["delete", "--force", name]) }
        let resources = bundle.directory.appending("resources")
        try StateFile.write(#"{"hugepageLimits":[{"pageSize":"2MB","limit":6291456}]}"#.utf8, to: resources)
        let update = try bundle.oci(["update", "--resources", resources.string, name])
        #expect(update.status == 0, "\(update)")
        let files = [file, file.replacing(".max", with: ".rsvd.max")]
        #expect(try bundle.oci(["exec", name, "cat"] + files).output == "6291456\n6291456\n")
    }

    @Test("devices: what is allowed can be opened, what is not can't, whatever the node says")
    func devices() throws {
        let bundle = try Bundle()
        let node = #""devices":[{"path":"/dev/tunnel","type":"c","major":10,"minor":200}]"#
        let script = "(true < /dev/tunnel) 2>/dev/null && echo open || echo refused"
        let denied = try bundle.run(script, changed: #"{"linux":{\#(node)}}"#)
        #expect(denied.output == "refused\n", "\(denied)")
        let rule = #"{"allow":true,"type":"c","major":10,"minor":200,"access":"rw"}"#
        let allowed = try bundle.run(
            script,
            changed: #"{"linux":{\#(node),"resources":{"devices+":[\#(rule)]}}}"#
        )
        #expect(allowed.output == "open\n", "\(allowed)")
    }

    @Test("memory.checkBeforeUpdate: an update below what is used is refused")
    func checkBeforeUpdate() throws {
        let bundle = try Bundle()
        try bundle.configure(["sh", "-c", "head -c 8000000 /dev/zero > /dev/shm/kept; echo > /tmp/full; sleep 1000"])
        let identifier = "check-\(getpid())"
        #expect(try bundle.oci(["run", "--detach", "--bundle", bundle.path, identifier]).status == 0)
        defer { _ = try? bundle.oci(["delete", "--force", identifier]) }
        for _ in 0..<500 where access(bundle.path + "/rootfs/tmp/full", F_OK) != 0 { usleep(10_000) }
        let file = bundle.directory.appending("resources").string
        try StateFile.write(#"{"memory":{"limit":1048576,"checkBeforeUpdate":true}}"#.utf8, to: FilePath(file))
        let refused = try bundle.oci(["update", "--resources", file, identifier])
        #expect(refused.status == 1, "\(refused)")
        try StateFile.write(#"{"memory":{"limit":67108864,"checkBeforeUpdate":true}}"#.utf8, to: FilePath(file))
        #expect(try bundle.oci(["update", "--resources", file, identifier]).status == 0)
    }

    @Test(
        "an update that needs a v1 group which the container has not got is refused whole",
        .enabled(if: access("/sys/fs/cgroup/blkio", F_OK) == 0, "needs a v1 blkio hierarchy")
    )
    func updateWithoutGroup() throws {
        let bundle = try Bundle()
        try bundle.configure(["sleep", "1000"])
        let identifier = "without-group-\(getpid())"
        #expect(try bundle.oci(["run", "--detach", "--bundle", bundle.path, identifier]).status == 0)
        defer { _ = try? bundle.oci(["delete", "--force", identifier]) }
        let file = bundle.directory.appending("resources")
        let device = filled(#"{"major":MAJOR,"minor":MINOR,"rate":1048576}"#)
        let change = #"{"pids":{"limit":55},"blockIO":{"throttleReadBpsDevice":[\#(device)]}}"#
        try StateFile.write(change.utf8, to: file)
        let look = ["exec", identifier, "cat", Self.top + "pids/pids.max"]
        let before = try bundle.oci(look).output
        let refused = try bundle.oci(["update", "--resources", file.string, identifier])
        #expect(refused.status == 1 && refused.error.contains("blkio"), "\(refused)")
        #expect(try bundle.oci(look).output == before)
        #expect(try bundle.oci(["update", "--pids-limit", "55", identifier]).status == 0)
        #expect(try bundle.oci(look).output == "55\n")
    }

    @Test(
        "blockIO.weightDevice: where the device's scheduler has no weights, the error says so, with file and device",
        .enabled(if: access("/sys/fs/cgroup/blkio", F_OK) == 0, "needs root and cgroup v1 controllers")
    )
    func weightsOfDevice() throws {
        let bundle = try Bundle()
        let entry = filled(#"{"major":MAJOR,"minor":MINOR,"weight":400}"#)
        let change = #"{"linux":{"resources":{"blockIO":{"weightDevice":[\#(entry)]}}}}"#
        let result = try bundle.run("echo ran", changed: change)
        let scheduler = try Tool.run(["cat", filled("/sys/dev/block/MAJOR:MINOR/queue/scheduler")]).output
        if scheduler.contains("[bfq]") {
            #expect(result.output == "ran\n", "\(result)")
        } else {
            #expect(result.status == 1 && result.output.isEmpty && result.error.contains("weight_device"), "\(result)")
            // A kernel without that scheduler has not got the file.
            let says = filled("the I/O scheduler of device MAJOR:MINOR has no weights (BFQ has)")
            #expect(result.error.contains(says) || result.error.contains("have no blkio"), "\(result)")
        }
    }

    @Test("blockIO.weightDevice: an entry without any weight is an error")
    func noWeight() throws {
        let bundle = try Bundle()
        let result = try bundle.run(
            "true",
            changed: #"{"linux":{"resources":{"blockIO":{"weightDevice":[{"major":8,"minor":0}]}}}}"#
        )
        #expect(result.status == 1 && result.error.contains("weightDevice"), "\(result)")
    }

    @Test("what the kernel no longer has is passed over with a warning")
    func obsolete() throws {
        let bundle = try Bundle()
        let change = #"{"linux":{"resources":{"memory":{"kernel":1048576,"kernelTCP":1048576,"useHierarchy":true}}}}"#
        let result = try bundle.run("echo ran", changed: change)
        #expect(result.output == "ran\n" && result.status == 0)
        for key in ["kernel", "kernelTCP", "useHierarchy"] {
            #expect(result.error.contains("memory.\(key) has no effect"), "\(result)")
        }
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
