// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerTesting
import Nestbox
import Testing

@Suite(
    "A container for each test",
    .runsBox,
    .box("echo ready; exec httpd -f -p 80 -h /www", readiness: .all(.log("ready"), .port(80)))
)
struct EachTestTests {
    private static let seen = Seen()

    @Test("each argument of a test has a container of its own, which is ready", arguments: 0..<3)
    func own(_ number: Int) async throws {
        let web = try TestContainer.current
        #expect(Self.seen.insert(web.identifier))
        #expect(web.managed.record.isRunning)
        #expect(await web.managed.answers(on: 80))
        #expect(web.output == "ready\n")
        try await web.execute("touch", "/tmp/\(number)")
        let others = (0..<3).filter { $0 != number }
        for other in others { #expect(try await !web.execute("test", "-e", "/tmp/\(other)").isSuccess) }
    }

    @Test("its port is published on a port of 127.0.0.1, and others are not")
    func ports() async throws {
        let web = try TestContainer.current
        let port = try web.port(80)
        #expect(try web.address(80) == "127.0.0.1:\(port)")
        let addresses = web.managed.record.ports.map(\.hostAddress)
        #expect(addresses == ["127.0.0.1"])
        #expect {
            try web.port(81)
        } throws: {
            ($0 as? ContainerTestError)?.code == .portNotPublished
        }
    }
}

@Suite("A container for a whole suite", .runsBox, .box("exec sleep 1000", sharing: .wholeSuite))
struct WholeSuiteTests {
    private static let seen = Seen()

    @Test("its tests see the same one", arguments: 0..<4)
    func same(_ number: Int) throws {
        let container = try TestContainer.current
        #expect(container.managed.record.isRunning)
        Self.seen.insert(container.identifier)
        #expect(Set(Self.seen.all).count == 1)
    }

    @Suite("and so do those of a suite in it")
    struct Nested {
        @Test("by the same trait")
        func same() throws {
            WholeSuiteTests.seen.insert(try TestContainer.current.identifier)
            #expect(Set(WholeSuiteTests.seen.all).count == 1)
        }
    }
}

@Suite("Several containers for a test", .runsBox)
struct SeveralTests {
    @Test(
        "each is found by its name, and the last is the current one",
        .box("echo one; exec sleep 1000", named: "one", readiness: .log("one")),
        .box("echo two; exec sleep 1000", named: "two", readiness: .log("two"))
    )
    func named() throws {
        let (one, two) = (try TestContainer.named("one"), try TestContainer.named("two"))
        #expect(one.output == "one\n")
        #expect(two.output == "two\n")
        let current = try TestContainer.current
        #expect(current.identifier == two.identifier)
        #expect {
            try TestContainer.named("three")
        } throws: {
            ($0 as? ContainerTestError)?.code == .noContainer
        }
    }

    @Test("a test without the trait has none")
    func none() {
        #expect {
            try TestContainer.current
        } throws: {
            ($0 as? ContainerTestError)?.code == .noContainer
        }
    }
}
