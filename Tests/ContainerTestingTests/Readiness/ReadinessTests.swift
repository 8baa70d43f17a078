// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Nestbox
import Testing

@testable import ContainerTesting

@Suite("When a test begins", .runsBox)
struct ReadinessTests {
    /// Becomes ready step by step, with time in between in which a test would begin too early.
    private static let slowly = """
        sleep 0.2; echo ready once; sleep 0.2; echo ready twice >&2
        touch /tmp/ready; echo ok > /www/late; exec httpd -f -p 80 -h /www
        """

    @Test(
        "is when the condition holds",
        arguments: [
            .log("ready", times: 2), .command("test", "-e", "/tmp/ready"), .http("/late", port: 80), .port(80),
            .all(.log("ready once"), .http(port: 80)),
        ] as [Readiness]
    )
    func holds(_ readiness: Readiness) async throws {
        try await ContainerTrait.box(Self.slowly, readiness: readiness).run {
            let container = try TestContainer.current
            let asked = try await container.execute("cat", "/www/late")
            // The log says so just before the file is there.
            if case .log = readiness.kind { return #expect(container.output.contains("ready twice")) }
            #expect(asked.output == "ok\n")
        }
    }

    @Test("is when the health check has succeeded")
    func healthy() async throws {
        var trait = ContainerTrait.box(Self.slowly, readiness: .healthy)
        var check = HealthCheck(["test", "-e", "/tmp/ready"])
        check.interval = 20_000_000
        check.startInterval = 20_000_000
        trait.specification.health = check
        try await trait.run {
            let container = try TestContainer.current
            let looked = try await container.execute("test", "-e", "/tmp/ready")
            #expect(looked.isSuccess)
        }
    }

    @Test("is not when a page is missing or a program in the container fails or hangs")
    func doesNotHold() async throws {
        let conditions: [Readiness] = [.http("/none", port: 80), .command("false"), .command("sleep", "1000")]
        for readiness in conditions {
            let trait = ContainerTrait.box(
                "exec httpd -f -p 80 -h /www",
                readiness: readiness,
                within: .milliseconds(400)
            )
            let error = await #expect(throws: ContainerTestError.self) {
                try await trait.run { Issue.record("the test was run") }
            }
            #expect(error?.code == .notReady)
        }
    }

    @Test("the status of an answer is read from its first line, and only from one of HTTP")
    func status() {
        #expect(HTTPProbe.status(in: "HTTP/1.1 204 No Content\r".utf8) == 204)
        #expect(HTTPProbe.status(in: "HTTP/1.0 200".utf8) == 200)
        for line in ["", "200", "HTTP/1.1", "HTTP/1.1 20", "HTTP/1.1 OK 200", "SSH-2.0-OpenSSH 200"] {
            #expect(HTTPProbe.status(in: line.utf8) == nil, "'\(line)'")
        }
    }

    @Test("the ports that conditions name are published")
    func ports() {
        let readiness = Readiness.all(.port(80), .log("x"), .all(.http(port: 81)))
        #expect(readiness.ports == [80, 81])
        #expect(readiness.texts == ["x"])
    }
}
