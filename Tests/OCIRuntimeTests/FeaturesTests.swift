// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Testing

@testable import OCIRuntime

@Suite("What `features` claims is so", .runsContainers)
struct FeaturesTests {
    private let features: JSONObject
    private let linux: JSONObject

    init() throws {
        let bundle = try Bundle()
        features = try JSONObject(JSONParser.parse(Array(bundle.oci(["features"]).output.utf8)), path: "")
        linux = try #require(try features.object("linux"))
    }

    @Test("every mount option that is named is taken")
    func mountOptions() throws {
        let bundle = try Bundle()
        let options = try features.strings("mountOptions")
        let some: Set<String> = ["ro", "rro", "rshared", "tmpcopyup", "idmap", "bind"]
        #expect(options.count > 50 && some.isSubset(of: options))
        // A map and a bind need something that is mounted; all others are of any mount.
        let bound: Set<String> = ["bind", "rbind", "idmap", "ridmap"]
        let mounts = options.enumerated().map { index, option in
            let isBound = bound.contains(option)
            let maps = #"[{"containerID":0,"hostID":0,"size":10}]"#
            // That one is of what has been mounted before.
            let before =
                option == "remount" ? #"{"destination":"/tmp/\#(index)","type":"tmpfs","source":"tmpfs"},"# : ""
            let mapped = option.hasSuffix("idmap") ? #","uidMappings":\#(maps),"gidMappings":\#(maps)"# : ""
            return before + #"{"destination":"/tmp/\#(index)","type":"\#(isBound ? "bind" : "tmpfs")","#
                + #""source":"\#(isBound ? "rootfs/etc" : "tmpfs")","#
                + #""options":["\#(option)"\#(option.hasSuffix("idmap") ? #","bind""# : "")]\#(mapped)}"#
        }
        let change = #"{"mounts+":[\#(mounts.joined(separator: ","))]}"#
        let result = try bundle.run("grep -c ' /tmp/[0-9]* ' /proc/self/mounts", changed: change)
        #expect(result.output == "\(options.count)\n", "\(result)")
        let unknown = #"{"mounts+":[{"destination":"/tmp/x","type":"tmpfs","source":"tmpfs","options":["rflying"]}]}"#
        #expect(try bundle.run("true", changed: unknown).status == 1)
    }

    @Test("every action, operator, architecture and flag of seccomp is taken, and none else")
    func seccomp() throws {
        let bundle = try Bundle()
        let seccomp = try #require(try linux.object("seccomp"))
        func isTaken(_ rest: String) throws -> Bool {
            let change = #"{"linux":{"seccomp":{"defaultAction":"SCMP_ACT_ALLOW"\#(rest)}}}"#
            return try bundle.run("echo ran", changed: change).output == "ran\n"
        }
        func rule(_ action: String, _ op: String) -> String {
            let args = #"[{"index":0,"op":"\#(op)","value":1,"valueTwo":1}]"#
            return #","syscalls":[{"names":["acct"],"action":"\#(action)","args":\#(args)}]"#
        }
        for action in try seccomp.strings("actions") where action != "SCMP_ACT_NOTIFY" {
            #expect(try isTaken(rule(action, "SCMP_CMP_EQ")), "\(action)")
        }
        for op in try seccomp.strings("operators") { #expect(try isTaken(rule("SCMP_ACT_ERRNO", op)), "\(op)") }
        for arch in try seccomp.strings("archs") { #expect(try isTaken(#","architectures":["\#(arch)"]"#), "\(arch)") }
        for flag in try seccomp.strings("supportedFlags") { #expect(try isTaken(#","flags":["\#(flag)"]"#), "\(flag)") }
        #expect(try !isTaken(rule("SCMP_ACT_DREAM", "SCMP_CMP_EQ")))
        #expect(try !isTaken(rule("SCMP_ACT_ERRNO", "SCMP_CMP_LIKE")))
        #expect(try !isTaken(#","architectures":["SCMP_ARCH_PDP11"]"#))
        #expect(try !isTaken(#","flags":["SECCOMP_FILTER_FLAG_DREAM"]"#))
    }

    @Test("every capability that is named can be given")
    func capabilities() throws {
        let bundle = try Bundle()
        let names = try linux.strings("capabilities")
        #expect(names.count >= 41)
        // This process may have been denied some itself, which it can give to nobody.
        let own = try Tool.run(["grep", "CapBnd", "/proc/self/status"]).output.split(separator: "\t").last ?? ""
        let mask = try #require(UInt64(own.dropLast(), radix: 16))
        let given = names.enumerated().filter { mask >> UInt64($0.offset) & 1 == 1 }.map(\.element)
        let list = JSONValue.strings(given).description
        let sets = #"{"bounding":\#(list),"permitted":\#(list),"effective":\#(list)}"#
        let result = try bundle.run(
            "grep CapEff /proc/self/status",
            changed: #"{"process":{"capabilities":\#(sets)}}"#
        )
        #expect(result.output == "CapEff:\t\(own)", "\(result)")
    }

    @Test("every mode and flag of a memory policy is named: SpecificationTests and FieldTests see them taken")
    func memoryPolicy() throws {
        let policy = try #require(try linux.object("memoryPolicy"))
        #expect(Set(policy.members.keys) == ["modes", "flags"], "the specification has these two")
        let modes = ["BIND", "DEFAULT", "INTERLEAVE", "LOCAL", "PREFERRED", "PREFERRED_MANY", "WEIGHTED_INTERLEAVE"]
        #expect(try policy.strings("modes") == modes.map { "MPOL_" + $0 })
        let bundle = try Bundle()
        for flag in try policy.strings("flags") {
            let member = #""memoryPolicy":{"mode":"MPOL_BIND","nodes":"0","flags":["\#(flag)"]}"#
            let result = try bundle.run("grep -c -m1 ' bind' /proc/self/numa_maps", changed: #"{"linux":{\#(member)}}"#)
            #expect(result.output == "1\n", "\(flag): \(result)")
        }
        #expect(try policy.strings("flags").count == 3)
    }

    @Test("the namespaces and hooks are those of the specification, and what is off is refused")
    func lists() throws {
        // FieldTests enters every namespace and runs every hook; here it is seen that none is left out.
        #expect(
            try linux.strings("namespaces") == ["cgroup", "ipc", "mount", "network", "pid", "time", "user", "uts"]
        )
        #expect(
            try features.strings("hooks") == [
                "prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop",
            ]
        )
        for name in ["apparmor", "selinux", "intelRdt"] {
            #expect(try linux.object(name)?.boolean("enabled") == false, "\(name): FieldTests sees it refused")
        }
        #expect(try linux.object("netDevices")?.boolean("enabled") == true)
        #expect(try linux.object("mountExtensions")?.object("idmap")?.boolean("enabled") == true)
        #expect(try linux.object("cgroup")?.boolean("systemd") == false)
    }
}
