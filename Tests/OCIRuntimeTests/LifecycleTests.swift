// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import OCIRuntime

@Suite("The command line's containers", .runsContainers)
struct CommandLifecycleTests {
    private func status(_ bundle: Bundle, _ identifier: String) throws -> String? {
        let state = try bundle.oci(["state", identifier])
        return try JSONObject(JSONParser.parse(Array(state.output.utf8)), path: "").string("status")
    }

    @Test("are created, started, entered, paused, killed and deleted by commands that know nothing of each other")
    func life() throws {
        let bundle = try Bundle()
        try bundle.configure(["sleep", "1000"])
        let identifier = "life-\(getpid())"
        let pidFile = bundle.directory.appending("pid").string
        #expect(try bundle.oci(["create", "--bundle", bundle.path, "--pid-file", pidFile, identifier]).status == 0)
        #expect(try status(bundle, identifier) == "created")
        #expect(try bundle.oci(["start", identifier]).status == 0)
        #expect(try status(bundle, identifier) == "running")
        #expect(try bundle.oci(["start", identifier]).status != 0)
        let entered = try bundle.oci(["exec", identifier, "sh", "-c", "echo inside; exit 7"])
        #expect(entered.output == "inside\n" && entered.status == 7)
        let pids = try bundle.oci(["ps", "--format", "json", identifier]).output
        #expect(pids == "[" + String(decoding: try StateFile.read(FilePath(pidFile)), as: UTF8.self) + "]\n")
        #expect(try bundle.oci(["pause", identifier]).status == 0)
        #expect(try status(bundle, identifier) == "paused")
        #expect(try bundle.oci(["resume", identifier]).status == 0)
        #expect(try bundle.oci(["update", "--pids-limit", "20", identifier]).status == 0)
        #expect(try bundle.oci(["events", "--stats", identifier]).output.contains("\"limit\":20"))
        #expect(try bundle.oci(["list", "-q"]).output == identifier + "\n")
        #expect(try bundle.oci(["delete", identifier]).status != 0)
        #expect(try bundle.oci(["kill", identifier, "KILL"]).status == 0)
        for _ in 0..<100 where try status(bundle, identifier) != "stopped" { usleep(20_000) }
        #expect(try status(bundle, identifier) == "stopped")
        #expect(try bundle.oci(["delete", identifier]).status == 0)
        #expect(try bundle.oci(["state", identifier]).error.contains("does not exist"))
    }

    @Test("are run to their end, with their output and code")
    func run() throws {
        let bundle = try Bundle()
        try bundle.configure(["sh", "-c", "echo out; echo err >&2; exit 3"])
        let result = try bundle.oci(["run", "--bundle", bundle.path, "run-\(getpid())"])
        #expect(result.output == "out\n" && result.error == "err\n" && result.status == 3)
        #expect(try bundle.oci(["list", "-q"]).output == "")
    }

    @Test("that are run in the foreground get the signals that the command gets")
    func signals() throws {
        let bundle = try Bundle()
        let script = "trap 'echo hup' HUP; trap 'exit 9' TERM; echo ready; while :; do sleep 0.05; done"
        try bundle.configure(["sh", "-c", script])
        let run = ["run", "--bundle", bundle.path, "sig-\(getpid())"]
        let command = try Tool.start([Tool.runtime, "--root", bundle.root] + run)
        func wait(for text: String) { for _ in 0..<500 where command.output != text { usleep(10_000) } }
        wait(for: "ready\n")
        kill(command.pid, SIGHUP)
        wait(for: "ready\nhup\n")
        kill(command.pid, SIGTERM)
        let result = try command.finish()
        #expect(result.output == "ready\nhup\n" && result.status == 9, "\(result)")
    }

    @Test("that can't be made leave nothing, and say why in the words that engines look for")
    func failures() throws {
        let bundle = try Bundle()
        try bundle.configure(["nothing-of-this-name"])
        let missing = try bundle.oci(["create", "--bundle", bundle.path, "missing"])
        #expect(missing.status == 1 && missing.error.contains("executable file not found in $PATH"))
        try bundle.configure(["/etc/passwd"])
        #expect(try bundle.oci(["create", "--bundle", bundle.path, "denied"]).error.contains("ermission denied"))
        #expect(try bundle.oci(["list", "-q"]).output == "")
        #expect(try bundle.oci(["create", "--bundle", "/no/such/bundle", "x"]).status == 1)
        #expect(try bundle.oci(["state", "../x"]).error.contains("invalid"))
        #expect(try bundle.oci(["frobnicate"]).status == 1)
    }

    @Test("log in JSON where the engine asks for it")
    func log() throws {
        let bundle = try Bundle()
        let log = bundle.directory.appending("log")
        _ = try bundle.oci(["--log", log.string, "--log-format", "json", "state", "nobody"])
        let line = try JSONObject(JSONParser.parse(StateFile.read(log)), path: "")
        #expect(try line.string("level") == "error")
        #expect(try line.string("msg") == "container 'nobody' does not exist")
    }

    @Test("have limits that the specification names, seen from inside")
    func limits() throws {
        let bundle = try Bundle()
        try bundle.configure(["sh", "-c", "id -u; grep NoNewPrivs /proc/self/status; cat /proc/self/oom_score_adj"]) {
            members in
            guard case .object(var process)? = members["process"] else { return }
            process["oomScoreAdj"] = .integer(123)
            process["user"] = .object(["uid": .integer(1000), "gid": .integer(1000)])
            members["process"] = .object(process)
        }
        let result = try bundle.oci(["run", "--bundle", bundle.path, "limits-\(getpid())"])
        #expect(result.output == "1000\nNoNewPrivs:\t1\n123\n")
    }

    @Test("are handed to who asks as a process's descriptor, which waits and signals")
    func processDescriptor() throws {
        let bundle = try Bundle()
        try bundle.configure(["sleep", "1000"])
        let socket = bundle.directory.appending("pidfd").string
        // The peer takes the descriptor, kills the process through it and tells what it was.
        let script = """
            import array, os, signal, socket, sys
            server = socket.socket(socket.AF_UNIX); server.bind(sys.argv[1]); server.listen(1)
            open(sys.argv[1] + ".ready", "w").close()
            peer, _ = server.accept()
            data, ancillary, _, _ = peer.recvmsg(64, 64)
            fd = array.array("i", ancillary[0][2])[0]
            print(data.decode(), [l for l in open(f"/proc/self/fdinfo/{fd}") if l.startswith("Pid")][0].split()[1])
            signal.pidfd_send_signal(fd, signal.SIGKILL)
            """
        let peer = try Tool.start(["python3", "-c", script, socket])
        for _ in 0..<500 where access(socket + ".ready", F_OK) != 0 { usleep(10_000) }
        let identifier = "pidfd-\(getpid())"
        let pidFile = bundle.directory.appending("pid").string
        let created = try bundle.oci([
            "create", "--bundle", bundle.path, "--pidfd-socket", socket, "--pid-file", pidFile, identifier,
        ])
        #expect(created.status == 0, "\(created)")
        let pid = String(decoding: try StateFile.read(FilePath(pidFile)), as: UTF8.self)
        #expect(try peer.finish().output == "pidfd \(pid)\n")
        for _ in 0..<100 where try status(bundle, identifier) != "stopped" { usleep(20_000) }
        #expect(try status(bundle, identifier) == "stopped")
        #expect(try bundle.oci(["delete", identifier]).status == 0)
    }

    @Test("have no control groups made by systemd: that is refused, not passed over")
    func systemd() throws {
        let bundle = try Bundle()
        for flags in [["--systemd-cgroup"], ["--cgroup-manager", "systemd"]] {
            let refused = try bundle.oci(flags + ["list"])
            #expect(refused.status == 1 && refused.error.contains("cgroupfs"), "\(refused)")
        }
        #expect(try bundle.oci(["--cgroup-manager", "cgroupfs", "list", "-q"]).status == 0)
    }

    @Test("have no control groups where none are wanted")
    func withoutGroups() throws {
        let bundle = try Bundle()
        try bundle.configure(["cat", "/proc/self/cgroup"])
        let run = ["run", "--bundle", bundle.path, "groupless-\(getpid())"]
        let result = try bundle.oci(["--cgroup-manager", "disabled"] + run)
        #expect(result.status == 0 && !result.output.contains("groupless"), "\(result)")
        try bundle.configure(["true"]) { members in
            guard case .object(var linux)? = members["linux"] else { return }
            linux["resources"] = .object(["pids": .object(["limit": .integer(5)])])
            members["linux"] = .object(linux)
        }
        #expect(try bundle.oci(["--cgroup-manager", "disabled"] + run).error.contains("without control groups"))
    }

    @Test("CVE-2024-3154: are the same whatever their annotations say")
    func annotations() throws {
        let bundle = try Bundle()
        func read(_ annotations: [String: JSONValue]) throws -> [String] {
            try bundle.configure(["true"]) { $0["annotations"] = .object(annotations) }
            var reader = try SpecificationReader(bundle: FilePath(bundle.path), identifier: "same")
            return try Mirror(reflecting: reader.read()).children.filter { $0.label != "annotations" }
                .map { "\($0.label ?? ""): \($0.value)" }
        }
        let words: [String: JSONValue] = [
            "org.systemd.property.ExecStartPre": .string("['/bin/sh']"), "run.oci.keep_original_groups": .string("1"),
            "run.oci.seccomp_bpf_data": .string("AAAA"), "io.kubernetes.cri-o.Devices": .string("/dev/sda"),
            "org.nestbox.privileged": .string("true"),
        ]
        #expect(try read(words) == read([:]))
    }

    @Test("features and spec tell what is there")
    func documents() throws {
        let bundle = try Bundle()
        let features = try bundle.oci(["features"])
        let object = try JSONObject(JSONParser.parse(Array(features.output.utf8)), path: "")
        #expect(try object.string("ociVersionMax") == "1.3.0")
        #expect(try object.strings("mountOptions").contains("rro"))
        #expect(try bundle.oci(["spec", "--bundle", bundle.directory.string]).status == 0)
        #expect(try bundle.oci(["spec", "--bundle", bundle.directory.string]).status == 1)
        #expect(try bundle.oci(["--version"]).output.contains("spec: 1.3.0"))
    }
}
