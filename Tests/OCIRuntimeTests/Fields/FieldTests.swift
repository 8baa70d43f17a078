// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import OCIRuntime

/// The fields of runtime-spec 1.3.0 (`config.md`, `config-linux.md`); those of `linux.resources` are in
/// ``ResourceFieldTests``.
@Suite("Each field of config.json has its effect, seen from inside", .runsContainers)
struct FieldTests {
    @Test("which is there with the field and not without", arguments: FieldCase.process + FieldCase.linux)
    func effect(_ field: FieldCase) throws {
        let bundle = try Bundle()
        let without = try bundle.run(field.script)
        #expect(without.output != field.expected, "the script does not tell the field from its absence")
        let with = try bundle.run(field.script, changed: field.change)
        #expect(with.output == field.expected, "\(with)")
    }

    @Test(
        "linux.namespaces: one that is listed is new, one that is not is the host's, one with a path is that one",
        arguments: [
            ("pid", "pid"), ("network", "net"), ("ipc", "ipc"), ("uts", "uts"), ("cgroup", "cgroup"), ("time", "time"),
            ("user", "user"),
        ]
    )
    func namespaces(type: String, file: String) throws {
        let bundle = try Bundle()
        func namespace(_ others: [String], _ own: String) throws -> String {
            let list = others.filter { $0 != type }.map { #"{"type":"\#($0)"}"# } + (own.isEmpty ? [] : [own])
            let maps = #"[{"containerID":0,"hostID":0,"size":1000}]"#
            let users = own.contains("\"user\"}") ? #","uidMappings":\#(maps),"gidMappings":\#(maps)"# : ""
            let change = #"{"hostname":null,"linux":{"namespaces":[\#(list.joined(separator: ","))]\#(users)}}"#
            let result = try bundle.run("busybox readlink /proc/self/ns/\(file)", changed: change)
            #expect(result.status == 0, "\(result)")
            return result.output
        }
        let all = ["pid", "network", "ipc", "uts", "cgroup", "mount"]
        let host = try Tool.run(["readlink", "/proc/self/ns/\(file)"]).output
        #expect(try namespace(all, #"{"type":"\#(type)"}"#) != host)
        // A sysfs of the host's network may be mounted, but a procfs of its processes only with its process namespace.
        #expect(try namespace(all, "") == host)

        // Another's users are joined in `NamespaceFieldTests`.
        guard type != "user" else { return }
        let holder = try Tool.start(["unshare", "--\(file)", "--kill-child", "sleep", "1000"])
        defer {
            kill(holder.pid, SIGKILL)
            _ = try? holder.finish()
        }
        // The namespace for children is that of the program which it starts; it is there once it has been started.
        var joined = host
        for _ in 0..<500 where joined == host {
            usleep(10_000)
            joined = try Tool.run(["readlink", "/proc/\(holder.pid)/ns/\(Self.ofChildren(file))"]).output
        }
        let path = "/proc/\(holder.pid)/ns/\(Self.ofChildren(file))"
        #expect(try namespace(all, #"{"type":"\#(type)","path":"\#(path)"}"#) == joined)
    }

    @Test("linux.namespaces: a mount namespace with a path is that one, and stays as it was")
    func joinedMounts() throws {
        let bundle = try Bundle()
        let place = bundle.path + "/rootfs/tmp"
        let make = "mount -t tmpfs none \(place) && echo here > \(place)/only && exec sleep 1000"
        let holder = try Tool.start(["unshare", "--mount", "sh", "-c", make])
        defer {
            kill(holder.pid, SIGKILL)
            _ = try? holder.finish()
        }
        let file = "/proc/\(holder.pid)/root\(place)/only"
        for _ in 0..<500 where access(file, F_OK) != 0 { usleep(10_000) }
        #expect(access(place + "/only", F_OK) != 0, "the file is in the holder's namespace alone")
        func mounts() throws -> [UInt8] { try StateFile.read(FilePath("/proc/\(holder.pid)/mountinfo")) }
        let before = try mounts()
        let others = ["pid", "network", "ipc", "uts"].map { #"{"type":"\#($0)"},"# }.joined()
        func change(_ path: String) -> String {
            #"{"linux":{"namespaces":[\#(others){"type":"mount","path":"\#(path)"}]}}"#
        }
        let path = "/proc/\(holder.pid)/ns/mnt"
        let result = try bundle.run("cat /tmp/only; busybox readlink /proc/self/ns/mnt", changed: change(path))
        #expect(result.output == "here\n" + (try Tool.run(["readlink", path]).output), "\(result)")
        #expect(try mounts() == before)

        // A further program has the container's root, not that of the namespace.
        let joined = try JSONParser.parse(Array(change(path).utf8))
        try bundle.configure(["sleep", "1000"]) { members in
            if case .object(let all) = JSONValue.object(members).merged(with: joined) { members = all }
        }
        let identifier = "joined-mounts-\(getpid())"
        #expect(try bundle.oci(["run", "--detach", "--bundle", bundle.path, identifier]).status == 0)
        #expect(try bundle.oci(["exec", identifier, "cat", "/tmp/only"]).output == "here\n")
        #expect(try bundle.oci(["delete", "--force", identifier]).status == 0)
        #expect(try mounts() == before)

        for (wrong, reason) in [("/proc/self/ns/net", "net namespace"), ("/nowhere/mnt", "ENOENT")] {
            let refused = try bundle.run("true", changed: change(wrong))
            #expect(
                refused.status == 1 && refused.error.contains(wrong) && refused.error.contains(reason),
                "\(refused)"
            )
        }
    }

    @Test("process.user.umask: unset, it is the caller's, and what is made for the container has the usual modes")
    func callersMask() throws {
        let bundle = try Bundle()
        let made = #"{"destination":"/made/below","type":"tmpfs","source":"tmpfs"}"#
        let node = #"{"path":"/dev/net/made","type":"c","major":1,"minor":3}"#
        let rest = #""mounts+":[\#(made)],"linux":{"devices":[\#(node)]}"#
        let script = "umask; busybox stat -c %a /made /dev/net /dev/net/made"
        let seen = try bundle.run(script, changed: "{\(rest)}", after: "umask 0037")
        #expect(seen.output == "0037\n755\n755\n666\n", "\(seen)")
        let set = try bundle.run(script, changed: #"{"process":{"user":{"umask":18}},\#(rest)}"#, after: "umask 0037")
        #expect(set.output == "0022\n755\n755\n666\n", "\(set)")

        // A further program has that of its own caller, unless the container's configuration says one.
        for (user, expected) in [("{}", "0007\n"), (#"{"umask":18}"#, "0022\n")] {
            try bundle.configure(["sleep", "1000"], merging: #"{"process":{"user":\#(user)}}"#)
            let identifier = "mask-\(getpid())"
            #expect(try bundle.oci(["run", "--detach", "--bundle", bundle.path, identifier]).status == 0)
            defer { _ = try? bundle.oci(["delete", "--force", identifier]) }
            let command = "umask 0007; exec \(Tool.runtime) --root \(bundle.root) exec \(identifier) sh -c umask"
            #expect(try Tool.run(["sh", "-c", command]).output == expected)
        }
    }

    private static func ofChildren(_ file: String) -> String {
        ["pid", "time"].contains(file) ? file + "_for_children" : file
    }

    @Test("process.terminal, process.consoleSize: a terminal of that size")
    func terminal() throws {
        let bundle = try Bundle()
        let script = "tty >/dev/null && stty size || echo none"
        #expect(try bundle.run(script).output == "none\n")
        let change = #"{"process":{"terminal":true,"consoleSize":{"height":33,"width":101}}}"#
        #expect(try bundle.run(script, changed: change).output == "33 101\r\n")
    }

    @Test("process.execCPUAffinity: further programs have those processors, the first has not")
    func affinity() throws {
        let bundle = try Bundle()
        let look = "grep Cpus_allowed_list /proc/self/status"
        try bundle.configure(["sh", "-c", "\(look) > /tmp/first; sleep 1000"]) { members in
            guard case .object(var process)? = members["process"] else { return }
            process["execCPUAffinity"] = .object(["initial": .string("0"), "final": .string("0")])
            members["process"] = .object(process)
        }
        let identifier = "affinity-\(getpid())"
        #expect(try bundle.oci(["run", "--detach", "--bundle", bundle.path, identifier]).status == 0)
        defer { _ = try? bundle.oci(["delete", "--force", identifier]) }
        let further = try bundle.oci(["exec", identifier, "sh", "-c", look])
        #expect(further.output == "Cpus_allowed_list:\t0\n", "\(further)")
        var first = ""
        for _ in 0..<500 where first.isEmpty {
            usleep(10_000)
            first = try Tool.run(["cat", bundle.path + "/rootfs/tmp/first"]).output
        }
        #expect(try Tool.run(["sh", "-c", look]).output == first)
    }

    @Test(
        "process.scheduler.priority, flags; cpu.realtimeRuntime, realtimePeriod: a real-time policy within the time for it"
    )
    func realtime() throws {
        let bundle = try Bundle()
        // A kernel that schedules real-time groups wants time for them from the top down, which a new group has not.
        let top = "/sys/fs/cgroup/cpu/nestbox"
        let hasGroups = access("/sys/fs/cgroup/cpu/cpu.rt_runtime_us", F_OK) == 0
        let parent = "\(top)/realtime-\(getpid())"
        var resources = ""
        if hasGroups {
            let give =
                "mkdir -p \(parent) && echo 40000 > \(top)/cpu.rt_runtime_us && echo 20000 > \(parent)/cpu.rt_runtime_us"
            #expect(try Tool.run(["sh", "-c", give]).status == 0)
            resources = #","resources":{"cpu":{"realtimeRuntime":10000,"realtimePeriod":500000}}"#
        }
        defer {
            let take = "rmdir \(parent); echo 0 > \(top)/cpu.rt_runtime_us; rmdir \(top) 2> /dev/null"
            if hasGroups { _ = try? Tool.run(["sh", "-c", take]) }
        }
        let flags = #""flags":["SCHED_FLAG_RESET_ON_FORK"]"#
        let policy = #""process":{"scheduler":{"policy":"SCHED_RR","priority":7,\#(flags)}}"#
        let path = #""cgroupsPath":"/nestbox/realtime-\#(getpid())/container""#
        let result = try bundle.run(
            """
            read line < /proc/1/stat; set -- $line; echo ${40} ${41}; busybox cut -d' ' -f40,41 /proc/self/stat
            [ \(hasGroups) = false ] || cat /sys/fs/cgroup/cpu/cpu.rt_runtime_us /sys/fs/cgroup/cpu/cpu.rt_period_us
            """,
            changed: #"{\#(policy),"linux":{\#(path)\#(resources)}}"#
        )
        #expect(result.output == "7 2\n0 0\n" + (hasGroups ? "10000\n500000\n" : ""), "\(result)")
    }

    @Test("hooks, annotations: each of the six runs in its turn and reads the container's state")
    func hooks() throws {
        let bundle = try Bundle()
        let journal = bundle.directory.appending("journal").string
        func hook(_ name: String, inside: Bool = false) -> String {
            // Those of the container run in its mount namespace; the last of them has its root besides.
            let file = inside ? "/tmp/journal" : journal
            let script = "echo \(name) $X $(cat | busybox tr -d ' \\n') >> \(file)"
            let text = JSONValue.string(inside ? script : script.replacing("busybox ", with: "")).description
            return #""\#(name)":[{"path":"/bin/sh","args":["sh","-c",\#(text)],"env":["PATH=/bin:/usr/bin","X=y"]}]"#
        }
        let list = [
            hook("prestart"), hook("createRuntime"), hook("createContainer"), hook("startContainer", inside: true),
            hook("poststart"), hook("poststop"),
        ]
        let change = #"{"annotations":{"org.example":"noted"},"hooks":{\#(list.joined(separator: ","))}}"#
        let inside = try bundle.run("cat /tmp/journal", changed: change).output
        #expect(inside.contains("startContainer y {") && inside.contains(#""pid":1,"#), "\(inside)")
        let lines = String(decoding: try StateFile.read(FilePath(journal)), as: UTF8.self).split(separator: "\n")
        let names = lines.map { $0.prefix { $0 != " " } }
        #expect(names == ["prestart", "createRuntime", "createContainer", "poststart", "poststop"])
        let states = ["creating", "creating", "creating", "running", "stopped"]
        for (line, status) in zip(lines, states) {
            #expect(line.contains(" y {") && line.contains(#""status":"\#(status)""#), "\(line)")
            #expect(line.contains(#""annotations":{"org.example":"noted"}"#), "\(line)")
        }
        // The number of the process is that of the namespaces in which the hook runs (runtime.md, "State").
        #expect(lines.map { $0.contains(#""pid":1,"#) } == [false, false, true, false, false], "\(lines)")
    }

    @Test("hooks.timeout: one that takes longer is killed, and the container is not made")
    func hookTimeout() throws {
        let bundle = try Bundle()
        let mark = bundle.directory.appending("mark").string
        let script = JSONValue.string("echo begun > \(mark); exec sleep 1000").description
        let hook = #"{"path":"/bin/sh","args":["sh","-c",\#(script)],"env":["PATH=/bin:/usr/bin"],"timeout":2}"#
        let result = try bundle.run("echo ran", changed: #"{"hooks":{"createRuntime":[\#(hook)]}}"#)
        #expect(result.status == 1 && result.output.isEmpty && result.error.contains("took too long"), "\(result)")
        #expect(access(mark, F_OK) == 0)
    }

    @Test(
        "what this runtime does not have is refused by name, never passed over",
        arguments: [
            #"{"process":{"apparmorProfile":"docker-default"}}"#, #"{"process":{"selinuxLabel":"a:b:c:d"}}"#,
            #"{"linux":{"mountLabel":"a:b:c:d"}}"#, #"{"linux":{"intelRdt":{"closID":"x"}}}"#,
            #"{"linux":{"personality":{"domain":"SOLARIS"}}}"#, #"{"process":{"rlimits":[{"type":"RLIMIT_X"}]}}"#,
            #"{"linux":{"namespaces+":[{"type":"time"}],"timeOffsets":{"realtime":{"secs":1}}}}"#,
            #"{"linux":{"namespaces+":[{"type":"dreams"}]}}"#, #"{"linux":{"namespaces+":[{"type":"mount"}]}}"#,
            #"{"ociVersion":"2.0.0"}"#,
        ]
    )
    func refused(change: String) throws {
        let bundle = try Bundle()
        let result = try bundle.run("true", changed: change)
        #expect(result.status == 1 && result.output.isEmpty, "\(result)")
        // The message has the field's last name, or the value that is meant.
        let words = change.split { !$0.isLetter && !$0.isNumber && $0 != "." && $0 != "_" }.map(String.init)
        #expect(words.contains { $0.count > 4 && result.error.contains($0) }, "\(result)")
    }
}
