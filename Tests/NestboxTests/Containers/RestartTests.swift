// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import ContainerNetwork
import SystemPackage
import Testing

@testable import Nestbox

@Suite("Restart policies as decisions")
struct RestartDecisionTests {
    @Test(
        "a policy is read as it is written",
        arguments: ["no", "on-failure", "on-failure:5", "always", "unless-stopped"]
    )
    func reading(text: String) throws {
        #expect(try RestartPolicy(text).description == text)
        #expect(try roundTrip(try RestartPolicy(text)) == RestartPolicy(text))
    }

    @Test(
        "what is no policy is refused",
        arguments: ["never", "on-failure:", "on-failure:x", "on-failure:-1", "always:3"]
    )
    func refused(text: String) {
        #expect(throws: NestboxError.self) { try RestartPolicy(text) }
    }

    @Test("the pause doubles up to a minute, and begins anew once the program has run for ten seconds")
    func pauses() {
        var decision = RestartDecision(.always)
        var pauses: [Duration] = []
        for _ in 0..<12 { pauses += [decision.next(after: 1, running: .seconds(1), isWanted: false) ?? .zero] }
        #expect(
            Array(pauses.prefix(4)) == [.milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800)]
        )
        #expect(pauses.last == .seconds(60))
        #expect(decision.next(after: 0, running: .seconds(10), isWanted: false) == .milliseconds(100))
    }

    @Test("each policy starts the program again when it should, and none does when someone asked for its end")
    func policies() {
        func next(_ policy: RestartPolicy, after code: Int, isWanted: Bool = false) -> Duration? {
            var decision = RestartDecision(policy)
            return decision.next(after: code, running: .zero, isWanted: isWanted)
        }
        #expect(next(.no, after: 1) == nil)
        #expect(next(.onFailure(), after: 0) == nil)
        #expect(next(.onFailure(), after: 1) != nil)
        for policy in [RestartPolicy.always, .unlessStopped] {
            #expect(next(policy, after: 0) != nil)
            #expect(next(policy, after: 137, isWanted: true) == nil)
        }
        var bounded = RestartDecision(.onFailure(most: 2))
        let outcomes = (0..<3).map { _ in bounded.next(after: 1, running: .zero, isWanted: false) != nil }
        #expect(outcomes == [true, true, false])
    }
}

@Suite("Containers that are started again", .runsContainers)
struct RestartTests {
    @Test("a program that fails is started again as often as was said, with its files as it left them")
    func onFailure() async throws {
        try await withNestbox { nestbox in
            var specification = ContainerSpecification(
                image: "box",
                name: "flaky",
                command: ["sh", "-c", "echo x >> /count; exit 3"]
            )
            specification.restart = .onFailure(most: 2)
            specification.ports = []
            let container = try await nestbox.launch(specification)
            try await container.run()
            #expect(try await container.wait() == .exited(3))
            let record = try nestbox.container("flaky")
            #expect(record.restartCount == 2)
            #expect(record.state.status == .exited)
            #expect(record.state.exitCode == 3)
            // The container's own layer has lived through all of them.
            let again = try await nestbox.start("flaky", streams: ContainerStreams())
            async let served: Void = again.run()
            try await served
            let text = try Shell.text(of: nestbox.layout.container(record.identifier).upper.appending("count"))
            #expect(text.split(separator: "\n").count == 6)
        }
    }

    @Test("a program that is always started again ends for good when it is stopped, also while it waits for its start")
    func stopping() async throws {
        try await withNestbox { nestbox in
            for command in [["sleep", "1000"], ["false"]] {
                var specification = ContainerSpecification(image: "box", name: "steady", command: command)
                specification.restart = .always
                specification.runsInit = true
                let container = try await nestbox.launch(specification)
                async let served: Void = container.run()
                if command == ["false"] {
                    while try nestbox.container("steady").restartCount < 2 {
                        try await Task.sleep(for: .milliseconds(10))
                    }
                }
                try await nestbox.stop("steady")
                try await served
                #expect(try nestbox.container("steady").state.status == .exited)
                try await nestbox.remove("steady")
            }
        }
    }

    @Test("a killed program is started again, and its port leads to it as before")
    func ports() async throws {
        try await withNestbox { nestbox in
            var specification = ContainerSpecification(
                image: "box",
                name: "web",
                command: ["httpd", "-f", "-p", "80", "-h", "/www"]
            )
            specification.restart = .always
            specification.ports = [.init(hostAddress: .loopback, containerPort: 80)]
            try await nestbox.withContainer(specification) { container in
                let port = try #require(container.record.ports.first?.hostPort)
                let answer = try await WebClient.get("/cgi-bin/who", port: port)
                let former = try #require(container.record.state.processIdentifier)
                try container.send(.kill)
                while container.record.restartCount < 1 || container.record.state.processIdentifier == former {
                    try await Task.sleep(for: .milliseconds(5))
                }
                #expect(try await WebClient.get("/cgi-bin/who", port: port) == answer)
            }
            #expect(try nestbox.endpoints(of: "bridge").isEmpty)
        }
    }

    @Test("a container is made, started, renamed, and started again; its name is free only when it is gone")
    func create() async throws {
        try await withNestbox { nestbox in
            let created = try nestbox.create(
                ContainerSpecification(image: "box", name: "one", command: ["echo", "hello"])
            )
            #expect(created.state.status == .created)
            _ = try await Nestbox(root: nestbox.root)
            #expect(try nestbox.container("one").state.status == .created)
            for _ in 0..<2 {
                let collector = OutputCollector()
                let container = try await nestbox.start("one", streams: ContainerStreams(output: collector.take))
                await #expect(throws: NestboxError.self) { try await nestbox.start("one") }
                try await container.run()
                #expect(collector.text == "hello\n")
            }
            #expect(throws: NestboxError.self) { try nestbox.rename("one", to: "one") }
            #expect(throws: NestboxError.self) { try nestbox.rename("one", to: "../x") }
            try nestbox.rename("one", to: "two")
            #expect(throws: NestboxError.self) { try nestbox.container("one") }
            #expect(try nestbox.container("two").identifier == created.identifier)
            try await nestbox.remove("two")
            #expect(try nestbox.containers().isEmpty)
        }
    }

    @Test("a container is started while others look whether it runs")
    func startUnderWatch() async throws {
        try await withNestbox { nestbox in
            let created = try nestbox.create(ContainerSpecification(image: "box", name: "one", command: ["true"]))
            let lock = nestbox.layout.container(created.identifier).lock
            let watching = Task.detached {
                while !Task.isCancelled {
                    _ = FileLock.isHeld(lock)
                    await Task.yield()
                }
            }
            defer { watching.cancel() }
            for _ in 0..<10 {
                try await nestbox.start("one").run()
            }
        }
    }

    @Test("what happens is told to who listens, in its order")
    func events() async throws {
        try await withNestbox { nestbox in
            let start = Moment.now()
            _ = try await nestbox.finish("exit 7") { $0.name = "brief" }
            var seen: [String] = []
            var code: String?
            for try await event in nestbox.events(since: start, until: .now()) {
                seen.append(event.action.rawValue)
                #expect(event.attributes["name"] == "brief")
                code = event.attributes["exitCode"] ?? code
            }
            #expect(seen == ["start", "die", "destroy"])
            #expect(code == "7")
        }
    }

    @Test("a signal that is sent and an end that is asked for are told, and a filter leaves the rest out")
    func asked() async throws {
        try await withNestbox { nestbox in
            let start = Moment.now()
            var specification = ContainerSpecification(image: "box", name: "long", command: ["sleep", "1000"])
            specification.stopSignal = "KILL"
            let container = try await nestbox.launch(specification)
            async let ended: Void = container.run()
            _ = try await nestbox.finish("exit 7") { $0.name = "brief" }
            try await nestbox.stop("long")
            try await ended
            var seen: [String] = []
            for try await event in nestbox.events(try EventFilter(["container=long"]), since: start, until: .now()) {
                seen.append(event.action.rawValue)
                if event.action == .kill { #expect(event.attributes["signal"] == "9") }
            }
            // Who sends a signal may tell of it later than the monitor of the end.
            #expect(seen.first == "start" && seen.last == "stop")
            #expect(seen.sorted() == ["die", "kill", "start", "stop"])
        }
    }
}
