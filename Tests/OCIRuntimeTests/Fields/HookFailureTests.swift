// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import OCIRuntime

@Suite("hooks: what becomes of a container when one fails (runtime.md, Lifecycle)", .runsContainers)
struct HookFailureTests {
    /// A bundle whose hooks of one kind are a program that fails and one that would tell if it ran, and of which two
    /// more tell of the container's end.
    private func made(failing kind: String) throws -> (bundle: Bundle, journal: String) {
        let bundle = try Bundle()
        let journal = bundle.directory.appending("journal").string
        func hook(_ script: String) -> String {
            let text = JSONValue.string(script).description
            return #"{"path":"/bin/sh","args":["sh","-c",\#(text)],"env":["PATH=/bin:/usr/bin"]}"#
        }
        let end = #"[\#(hook("echo poststop >> \(journal)")),\#(hook("echo again >> \(journal)"))]"#
        let failing = #"[\#(hook("exit 3")),\#(hook("echo \(kind) >> \(journal)"))]"#
        let hooks = kind == "poststop" ? #""poststop":\#(failing)"# : #""\#(kind)":\#(failing),"poststop":\#(end)"#
        let merged = try JSONParser.parse(Array(#"{"hooks":{\#(hooks)}}"#.utf8))
        try bundle.configure(["sh", "-c", "echo ran > /tmp/ran; sleep 1000"]) { members in
            if case .object(let all) = JSONValue.object(members).merged(with: merged) { members = all }
        }
        return (bundle, journal)
    }

    private func lines(_ journal: String) -> [String] {
        let text = String(decoding: (try? StateFile.read(FilePath(journal))) ?? [], as: UTF8.self)
        return text.split(separator: "\n").map(String.init)
    }

    @Test(
        "before the program: nothing runs, the container is gone, and the hooks of the end have run",
        arguments: ["prestart", "createRuntime", "createContainer"]
    )
    func early(kind: String) throws {
        let (bundle, journal) = try made(failing: kind)
        let created = try bundle.oci(["create", "--bundle", bundle.path, "early-\(getpid())-\(kind)"])
        #expect(created.status == 1 && created.error.contains("hook '/bin/sh' failed"), "\(created)")
        #expect(lines(journal) == ["poststop", "again"])
        #expect(access(bundle.path + "/rootfs/tmp/ran", F_OK) != 0)
        #expect(try bundle.oci(["list", "-q"]).output == "")
    }

    @Test("poststart: start is an error, the program is ended, the container gone", arguments: [true, false])
    func poststart(byRun: Bool) throws {
        let (bundle, journal) = try made(failing: "poststart")
        let identifier = "poststart-\(getpid())-\(byRun)"
        if !byRun { #expect(try bundle.oci(["create", "--bundle", bundle.path, identifier]).status == 0) }
        let command = byRun ? ["run", "--detach", "--bundle", bundle.path, identifier] : ["start", identifier]
        let result = try bundle.oci(command)
        #expect(result.status == 1 && result.error.contains("hook '/bin/sh' failed"), "\(result)")
        #expect(lines(journal) == ["poststop", "again"])
        #expect(try bundle.oci(["list", "-q"]).output == "")
    }

    @Test("poststop: no more than a warning, and the next one runs")
    func poststop() throws {
        let (bundle, journal) = try made(failing: "poststop")
        let identifier = "poststop-\(getpid())"
        #expect(try bundle.oci(["run", "--detach", "--bundle", bundle.path, identifier]).status == 0)
        let deleted = try bundle.oci(["delete", "--force", identifier])
        #expect(deleted.status == 0 && deleted.error.contains("warning: hook '/bin/sh' failed"), "\(deleted)")
        #expect(lines(journal) == ["poststop"])
        #expect(try bundle.oci(["list", "-q"]).output == "")
    }

    @Test("poststop: the same of a container that is run to its end")
    func poststopOfRun() throws {
        let bundle = try Bundle()
        let result = try bundle.run("echo ran", changed: #"{"hooks":{"poststop":[{"path":"/bin/false"}]}}"#)
        #expect(result.output == "ran\n" && result.status == 0, "\(result)")
        #expect(result.error.contains("warning: hook '/bin/false' failed"), "\(result)")
    }
}
