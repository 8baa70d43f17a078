// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Testing

@testable import OCIRuntime

@Suite("Commands that wait for nothing", .runsContainers)
struct DirectCommandTests {
    private func code(_ bundle: Bundle, _ arguments: [String]) -> Int32? {
        guard case .ended(let code) = CommandLineTool.begin(["--root", bundle.root] + arguments) else { return nil }
        return code
    }

    private func status(_ bundle: Bundle, _ identifier: String) throws -> String? {
        let result = try bundle.oci(["state", identifier])
        return try JSONObject(JSONParser.parse(Array(result.output.utf8)), path: "").string("status")
    }

    @Test("are done by the call that begins them")
    func direct() throws {
        let bundle = try Bundle()
        let identifier = "direct-\(getpid())"
        try bundle.configure(["sleep", "1000"])
        #expect(try bundle.oci(["create", "--bundle", bundle.path, identifier]).status == 0)
        defer { _ = try? bundle.oci(["delete", "--force", identifier]) }
        #expect(try status(bundle, identifier) == "created")
        #expect(code(bundle, ["start", identifier]) == 0)
        #expect(try status(bundle, identifier) == "running")
        #expect(code(bundle, ["pause", identifier]) == 0)
        #expect(try status(bundle, identifier) == "paused")
        #expect(code(bundle, ["resume", identifier]) == 0)
        #expect(try status(bundle, identifier) == "running")
        #expect(code(bundle, ["update", "--pids-limit", "33", identifier]) == 0)
        #expect(code(bundle, ["delete", identifier]) == 1)
        // One that is paused dies all the same.
        #expect(code(bundle, ["pause", identifier]) == 0)
        #expect(code(bundle, ["kill", identifier, "KILL"]) == 0)
        for _ in 0..<500 where try status(bundle, identifier) != "stopped" { usleep(10_000) }
        #expect(code(bundle, ["pause", identifier]) == 1)
        #expect(code(bundle, ["kill", identifier, "KILL"]) == 1)
        #expect(code(bundle, ["delete", identifier]) == 0)
        #expect(code(bundle, ["delete", identifier]) == 1)
        #expect(code(bundle, ["delete", "--force", identifier]) == 0)
    }

    @Test("and a deletion by force ends a container that runs, with all of its control groups")
    func force() throws {
        let bundle = try Bundle()
        let identifier = "direct-force-\(getpid())"
        try bundle.configure(["sh", "-c", "sleep 1000 & sleep 1000"])
        #expect(try bundle.oci(["run", "--detach", "--bundle", bundle.path, identifier]).status == 0)
        let find = ["find", "/sys/fs/cgroup", "-name", identifier]
        #expect(try !Tool.run(find).output.isEmpty)
        #expect(code(bundle, ["delete", "--force", identifier]) == 0)
        #expect(try Tool.run(find).output.isEmpty)
    }
}
