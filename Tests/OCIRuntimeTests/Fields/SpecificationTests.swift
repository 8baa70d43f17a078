// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import OCIRuntime

/// A configuration that must be refused, and a word of the reason.
struct RefusedCase: Sendable, CustomTestStringConvertible {
    let change: String
    let word: String
    var testDescription: String { change }

    init(_ change: String, _ word: String) {
        self.change = change
        self.word = word
    }

    static let process: [RefusedCase] = [
        .init(#"{"ociVersion":"1.2"}"#, "ociVersion"), .init(#"{"root":{"path":"nowhere"}}"#, "nowhere"),
        .init(#"{"annotations":{"":"x"}}"#, "annotations"), .init(#"{"annotations":{"x":1}}"#, "annotations"),
        .init(#"{"hooks":{"poststop":[{"path":"/bin/true","timeout":0}]}}"#, "timeout"),
        .init(#"{"hooks":{"poststop":[{"path":"bin/true"}]}}"#, "bin/true"),
        .init(#"{"process":{"cwd":"tmp"}}"#, "working directory"), .init(#"{"process":{"args":[]}}"#, "arguments"),
        .init(
            #"{"process":{"rlimits":[{"type":"RLIMIT_CPU","soft":1,"hard":2},{"type":"RLIMIT_CPU","soft":1,"hard":2}]}}"#,
            "twice"
        ),
        .init(#"{"process":{"scheduler":{"policy":"SCHED_DREAM"}}}"#, "SCHED_DREAM"),
        .init(#"{"process":{"scheduler":{"policy":"SCHED_OTHER","flags":["SCHED_FLAG_X"]}}}"#, "SCHED_FLAG_X"),
        .init(#"{"process":{"scheduler":{"policy":"SCHED_OTHER","nice":20}}}"#, "niceness"),
        // No kernel has this policy; bounds of utilisation have no place in the specification to stand.
        .init(#"{"process":{"scheduler":{"policy":"SCHED_ISO"}}}"#, "EINVAL"),
        .init(
            #"{"process":{"scheduler":{"policy":"SCHED_OTHER","flags":["SCHED_FLAG_UTIL_CLAMP_MIN"]}}}"#,
            "EINVAL"
        ),
        .init(#"{"process":{"ioPriority":{"class":"IOPRIO_CLASS_X","priority":1}}}"#, "IOPRIO_CLASS_X"),
        .init(#"{"process":{"ioPriority":{"class":"IOPRIO_CLASS_BE","priority":8}}}"#, "I/O priority"),
        .init(#"{"process":{"user":{"umask":512}}}"#, "mask"),
    ]

    static let linux: [RefusedCase] = [
        .init(#"{"mounts+":[{"destination":"/o","type":"tmpfs","options":["idmap"]}]}"#, "bind mount"),
        .init(
            #"{"mounts+":[{"destination":"/o","type":"bind","source":"rootfs/etc","options":["idmap"]}]}"#,
            "asks for a map"
        ),
        .init(
            """
            {"mounts+":[{"destination":"/o","type":"bind","source":"rootfs/etc","options":["ridmap"],
                "uidMappings":[{"containerID":0,"hostID":1,"size":1}]}]}
            """,
            "gidMappings"
        ),
        .init(#"{"mounts+":[{"destination":"/etc","options":["remount","ro"]}]}"#, "nothing is mounted at '/etc'"),
        .init(#"{"mounts+":[{"destination":"/nowhere","options":["remount","ro"]}]}"#, "there is no '/nowhere'"),
        .init(#"{"mounts+":[{"destination":"/proc","options":["remount","hidepid=2"]}]}"#, "'hidepid'"),
        .init(#"{"mounts+":[{"destination":"/proc","options":["remount","sync"]}]}"#, "'sync'"),
        .init(#"{"mounts+":[{"destination":"/proc","options":["remount","tmpcopyup"]}]}"#, "copy files up"),
        .init(#"{"mounts+":[{"destination":"/g","type":"cgroup","options":["nsdelegate"]}]}"#, "'nsdelegate'"),
        .init(#"{"mounts+":[{"destination":"/g","type":"cgroup2","options":["sync"]}]}"#, "'sync'"),
        .init(#"{"linux":{"namespaces+":[{"type":"pid"}]}}"#, "twice"),
        .init(#"{"linux":{"timeOffsets":{"boottime":{"secs":1}}}}"#, "time namespace"),
        .init(#"{"linux":{"devices":[{"path":"/dev/x","type":"x"}]}}"#, "device type"),
        .init(#"{"linux":{"cgroupsPath":"/nestbox/../x"}}"#, ".."),
        .init(#"{"linux":{"sysctl":{"vm.swappiness":"1"}}}"#, "vm.swappiness"),
        .init(#"{"linux":{"maskedPaths":["proc"]}}"#, "masked path"),
        .init(#"{"linux":{"readonlyPaths":["proc"]}}"#, "read-only path"),
        .init(#"{"linux":{"rootfsPropagation":"wild"}}"#, "wild"),
        .init(#"{"linux":{"personality":{"domain":"LINUX","flags":["X"]}}}"#, "flags"),
        .init(#"{"linux":{"memoryPolicy":{"mode":"MPOL_X"}}}"#, "MPOL_X"),
        .init(#"{"linux":{"memoryPolicy":{"mode":"MPOL_BIND","nodes":"0","flags":["MPOL_F_X"]}}}"#, "MPOL_F_X"),
        .init(
            #"{"linux":{"seccomp":{"defaultAction":"SCMP_ACT_ALLOW","listenerMetadata":"x"}}}"#,
            "listenerMetadata"
        ),
        .init(#"{"linux":{"seccomp":{"defaultAction":"SCMP_ACT_ALLOW","defaultErrnoRet":1}}}"#, "SCMP_ACT_ALLOW"),
        .init(
            """
            {"linux":{"seccomp":{"defaultAction":"SCMP_ACT_ALLOW",
                "syscalls":[{"names":["acct"],"action":"SCMP_ACT_KILL","errnoRet":1}]}}}
            """,
            "SCMP_ACT_KILL"
        ),
        .init(
            """
            {"linux":{"seccomp":{"defaultAction":"SCMP_ACT_ALLOW",
                "syscalls":[{"names":[],"action":"SCMP_ACT_KILL"}]}}}
            """,
            "name"
        ),
        .init(#"{"linux":{"resources":{"cpu":{"quota":5000,"burst":6000}}}}"#, "burst"),
        .init(#"{"linux":{"resources":{"rdma":{"mlx5_1":{}}}}}"#, "mlx5_1"),
        .init(#"{"linux":{"resources":{"unified":{"dream.max":"1"}}}}"#, "dream.max"),
        .init(#"{"linux":{"resources":{"memory":{"swappiness":101}}}}"#, "swappiness"),
    ]
}

@Suite("What the specification says of errors, warnings and unknown properties", .runsContainers)
struct SpecificationTests {
    @Test("what is invalid is refused with its reason", arguments: RefusedCase.process + RefusedCase.linux)
    func refused(_ refused: RefusedCase) throws {
        let bundle = try Bundle()
        let result = try bundle.run("echo ran", changed: refused.change)
        #expect(result.status == 1 && result.output.isEmpty, "\(result)")
        #expect(result.error.contains(refused.word), "\(result)")
        #expect(try bundle.oci(["list", "-q"]).output == "")
    }

    @Test(
        "what is unknown, or says nothing on Linux, is passed over",
        arguments: [
            #"{"future":{"x":1}}"#, #"{"process":{"future":1}}"#, #"{"linux":{"future":[1]}}"#,
            #"{"linux":{"resources":{"future":{"x":1}}}}"#, #"{"process":{"commandLine":"cmd /c dir"}}"#,
            #"{"process":{"terminal":false,"consoleSize":{"height":3,"width":4}}}"#,
            #"{"annotations":{"org.example.empty":""}}"#, #"{"ociVersion":"1.0.2-dev"}"#,
        ]
    )
    func ignored(change: String) throws {
        let result = try Bundle().run("tty > /dev/null || echo ran", changed: change)
        #expect(result.output == "ran\n" && result.status == 0 && result.error.isEmpty, "\(result)")
    }

    @Test("another platform's part is passed over with a warning", arguments: ["windows", "solaris", "vm", "freebsd"])
    func otherPlatforms(name: String) throws {
        let result = try Bundle().run("echo ran", changed: #"{"\#(name)":{}}"#)
        #expect(result.output == "ran\n" && result.error.contains("warning: '\(name)'"), "\(result)")
    }

    @Test("process.capabilities: one that is unknown or can't be granted is a warning, and the others are there")
    func capabilities() throws {
        let bundle = try Bundle()
        let sets = ["bounding", "permitted", "effective"].map { #""\#($0)":["CAP_KILL","CAP_SYS_BOOT","CAP_DREAM"]"# }
        let merged = try JSONParser.parse(
            Array(#"{"process":{"capabilities":{\#(sets.joined(separator: ",")),"inheritable":[],"ambient":[]}}}"#.utf8)
        )
        try bundle.configure(["grep", "CapEff", "/proc/self/status"]) { members in
            if case .object(let all) = JSONValue.object(members).merged(with: merged) { members = all }
        }
        let tool = [Tool.runtime, "--root", bundle.root, "run", "--bundle", bundle.path, "caps-\(getpid())"]
        let result = try Tool.run(["setpriv", "--bounding-set", "-sys_boot"] + tool)
        #expect(result.output == "CapEff:\t0000000000000020\n" && result.status == 0, "\(result)")
        for word in ["CAP_DREAM", "CAP_SYS_BOOT"] {
            #expect(result.error.contains("warning: capability '\(word)'"), "\(result)")
        }
    }

    @Test("process: without one a container is created, and can't be started")
    func withoutProcess() throws {
        let bundle = try Bundle()
        try bundle.configure([]) { $0["process"] = nil }
        let identifier = "processless-\(getpid())"
        let created = try bundle.oci(["create", "--bundle", bundle.path, identifier])
        #expect(created.status == 0, "\(created)")
        defer { _ = try? bundle.oci(["delete", "--force", identifier]) }
        let started = try bundle.oci(["start", identifier])
        #expect(started.status == 1 && started.error.contains("has no process"), "\(started)")
        let state = try JSONObject(JSONParser.parse(Array(bundle.oci(["state", identifier]).output.utf8)), path: "")
        #expect(try state.string("status") == "created")
    }

    @Test("devices: where something else is mounted at /dev, none is made there, which is said")
    func otherDevices() throws {
        let bundle = try Bundle()
        let mount = #"{"destination":"/dev","type":"bind","source":"\#(bundle.path)/rootfs/etc","options":["bind"]}"#
        let node = #"{"path":"/dev/zeros","type":"c","major":1,"minor":5}"#
        let result = try bundle.run(
            "busybox ls /dev",
            changed: #"{"mounts":[\#(mount)],"linux":{"devices":[\#(node)]}}"#
        )
        #expect(result.error.contains("warning: linux.devices: no device is made"), "\(result)")
        #expect(result.status == 0 && !result.output.contains("zero"), "\(result)")
    }

    @Test("devices: a default one keeps its mode and owner, which is said")
    func defaultDevice() throws {
        let node = #"{"path":"/dev/null","type":"c","major":1,"minor":3,"fileMode":384}"#
        let result = try Bundle().run("busybox stat -c %a /dev/null", changed: #"{"linux":{"devices":[\#(node)]}}"#)
        #expect(result.output == "666\n" && result.error.contains("warning: linux.devices: '/dev/null'"), "\(result)")
    }

    @Test(
        "linux.memoryPolicy: each mode",
        arguments: [
            ("DEFAULT", "", "default"), ("BIND", "0", "bind:0"), ("INTERLEAVE", "0", "interleave:0"),
            ("WEIGHTED_INTERLEAVE", "0", "weighted interleave:0"), ("PREFERRED", "0", "prefer:0"),
            ("PREFERRED_MANY", "0", "prefer (many):0"), ("LOCAL", "", "local"),
        ]
    )
    func memoryPolicy(mode: String, nodes: String, word: String) throws {
        let policy = #"{"linux":{"memoryPolicy":{"mode":"MPOL_\#(mode)","nodes":"\#(nodes)"}}}"#
        let result = try Bundle().run("grep -q '^[0-9a-f]* \(word) ' /proc/self/numa_maps && echo so", changed: policy)
        #expect(result.output == "so\n", "\(result)")
    }

    @Test(
        "process.scheduler: the policies without real time",
        arguments: [("SCHED_OTHER", "3 0"), ("SCHED_BATCH", "3 3"), ("SCHED_IDLE", " 5")]
    )
    func policies(name: String, seen: String) throws {
        let change = #"{"process":{"scheduler":{"policy":"\#(name)","nice":3}}}"#
        let result = try Bundle().run("busybox cut -d' ' -f19,41 /proc/self/stat", changed: change)
        // The kernel leaves the nice value as it was for SCHED_IDLE, which has none (sched_setattr(2)).
        #expect(result.output.hasSuffix("\(seen)\n"), "\(result)")
    }
}
