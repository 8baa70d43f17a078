// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import ImageStore
import Testing

@testable import Nestbox

@Suite("Running containers", .runsContainers)
struct RunTests {
    @Test("an image's defaults run, with the user's environment")
    func defaults() async throws {
        var defaults = ImageConfiguration.Defaults()
        defaults.entrypoint = ["/bin/sh", "-c"]
        defaults.command = ["echo $A $B in $(pwd)"]
        defaults.environment = ["A=1", "B=2"]
        defaults.workingDirectory = "/tmp"
        try await withNestbox(defaults: defaults) { nestbox in
            var specification = ContainerSpecification(image: "box")
            specification.environment = ["B=3"]
            let (status, output) = try await nestbox.finish(specification)
            #expect(status == .exited(0))
            #expect(output == "1 3 in /tmp\n")
        }
    }

    @Test("the host name is the identifier's first twelve digits, and resolves")
    func hostName() async throws {
        try await withNestbox { nestbox in
            let collector = OutputCollector()
            let script = "hostname; cat /etc/hostname; echo $HOSTNAME; grep -c $(hostname) /etc/hosts"
            let container = try await nestbox.launch(
                ContainerSpecification(image: "box", command: ["sh", "-c", script]),
                streams: ContainerStreams(output: collector.take)
            )
            try await container.run()
            let name = String(container.identifier.prefix(12))
            #expect(collector.text == "\(name)\n\(name)\n\(name)\n1\n")
        }
    }

    @Test("what a container writes stays in its own layer: the image and other containers don't see it")
    func ownLayer() async throws {
        try await withNestbox { nestbox in
            let first = try await nestbox.finish("rm /data/seed; touch /new; ls /data")
            #expect(first.output == "")
            let second = try await nestbox.finish("test -e /new || cat /data/seed")
            #expect(second.output == "from the image\n")
        }
    }

    @Test("a read-only container writes to its volumes only")
    func readOnly() async throws {
        try await withNestbox { nestbox in
            let (_, output) = try await nestbox.finish("touch /x || echo refused; touch /v/x && echo written") {
                $0.isReadOnly = true
                $0.volumes = [try VolumeAttachment("/v")]
            }
            #expect(output == "refused\nwritten\n")
        }
    }

    @Test("limits are the kernel's")
    func limits() async throws {
        try await withNestbox { nestbox in
            let (status, _) = try await nestbox.finish("x=$(yes | head -c 50000000); echo $x") {
                $0.limits.memory = 8 << 20
            }
            #expect(status == .signaled(.kill))
        }
    }

    @Test("a user of the image's files is who runs")
    func user() async throws {
        try await withNestbox { nestbox in
            let finished = try await nestbox.finish("id -u") { $0.user = "alice" }
            #expect(finished.output == "1000\n")
        }
    }

    @Test("withContainer leaves nothing, also when its body throws")
    func scoped() async throws {
        struct Stop: Error {}
        try await withNestbox { nestbox in
            await #expect(throws: Stop.self) {
                try await nestbox.withContainer(ContainerSpecification(image: "box", command: ["sleep", "100"])) {
                    #expect(try nestbox.container($0.name).isRunning)
                    throw Stop()
                }
            }
            for directory in [nestbox.layout.containers, nestbox.layout.names, nestbox.layout.trash] {
                let names = try Directory(directory).names
                #expect(names.isEmpty)
            }
        }
    }

    @Test("a container that has ended keeps its record and its log until it is removed")
    func record() async throws {
        try await withNestbox { nestbox in
            let (status, _) = try await nestbox.finish("echo out; echo err >&2; exit 3") {
                $0.isRemovedAtEnd = false
                $0.name = "kept"
            }
            #expect(status == .exited(3))
            let record = try nestbox.container("kept")
            #expect(record.state.status == .exited)
            #expect(record.state.exitCode == 3)
            var entries: Set<String> = []
            for try await entry in try nestbox.logs("kept") { entries.insert("\(entry.stream.rawValue) \(entry.text)") }
            #expect(entries == ["stdout out\n", "stderr err\n"])
            #expect(try nestbox.container(record.shortIdentifier) == record)
            try await nestbox.remove("kept")
            #expect(throws: NestboxError.self) { try nestbox.container("kept") }
        }
    }

    @Test("a program that ignores being asked is killed after its grace")
    func stop() async throws {
        try await withNestbox { nestbox in
            let specification = ContainerSpecification(image: "box", command: ["sleep", "100"])
            let container = try await nestbox.launch(specification)
            async let served: Void = container.run()
            try await nestbox.stop(container.name, gracePeriod: .milliseconds(50))
            try await served
            #expect(try nestbox.container(container.name).state.exitCode == 137)
        }
    }

    @Test("a program that ends when asked is not killed")
    func stopInGoodOrder() async throws {
        try await withNestbox { nestbox in
            var specification = ContainerSpecification(image: "box", command: ["sleep", "100"])
            specification.runsInit = true
            let container = try await nestbox.launch(specification)
            async let served: Void = container.run()
            try await nestbox.stop(container.name, gracePeriod: .seconds(60))
            try await served
            #expect(try nestbox.container(container.name).state.exitCode == 143)
        }
    }

    @Test("one that runs is removed by force only")
    func removeRunning() async throws {
        try await withNestbox { nestbox in
            let container = try await nestbox.launch(ContainerSpecification(image: "box", command: ["sleep", "100"]))
            async let served: Void = container.run()
            await #expect {
                try await nestbox.remove(container.name)
            } throws: {
                ($0 as? NestboxError)?.code == .running
            }
            try await nestbox.remove(container.name, isForced: true)
            try await served
            #expect(try nestbox.containers().isEmpty)
        }
    }
}
