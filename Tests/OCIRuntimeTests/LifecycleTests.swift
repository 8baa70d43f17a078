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
