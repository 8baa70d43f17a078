// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import ContainerTesting
import Nestbox
import Testing

@Suite("Programs in a test's container", .runsBox, .box("exec sleep 1000", sharing: .wholeSuite))
struct ExecutionTests {
    @Test("they read, write, and end as they do")
    func execute() async throws {
        let box = try TestContainer.current
        #expect(try await box.execute("cat", input: "hello\n").output == "hello\n")
        let failed = try await box.execute("sh", "-c", "echo out; echo error >&2; exit 5")
        #expect(failed == CommandResult(status: .exited(5), output: "out\n", error: "error\n"))
        #expect(!failed.isSuccess)
        var options = ExecutionOptions(["sh", "-c", "echo $NAME; echo $PWD"])
        options.environment = ["NAME=swift"]
        options.workingDirectory = "/tmp"
        #expect(try await box.execute(options).output == "swift\n/tmp\n")
    }

    @Test("one that is not there is an error")
    func missing() async throws {
        await #expect {
            try await TestContainer.current.execute("/bin/none")
        } throws: {
            ($0 as? NestboxError)?.code == .executableNotFound
        }
    }
}
