// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import Nestbox

@Suite("Filters for containers")
struct ContainerFilterTests {
    /// One that has ended with 3.
    private static func record() throws -> ContainerRecord {
        var specification = ContainerSpecification(image: "team/app:1", name: "web-1", command: ["serve"])
        specification.volumes = [try VolumeAttachment("data:/srv"), try VolumeAttachment("/etc:/conf:ro")]
        specification.network.mode = .network("front")
        var state = ContainerRecord.State()
        state.end(exitCode: 3)
        return ContainerRecord(
            identifier: String(repeating: "ab", count: 32),
            name: "web-1",
            image: specification.image,
            imageIdentifier: "sha256:" + String(repeating: "01", count: 32),
            command: specification.command,
            createdAt: .now(),
            ports: [],
            mounts: [
                MountPoint(volume: String(repeating: "c", count: 64), source: "/v", target: "/anon", isReadOnly: false)
            ],
            labels: ["stage": "test", "empty": ""],
            limits: specification.limits,
            hostName: "h",
            isRemovedAtEnd: false,
            stopSignal: 15,
            stopTimeout: 10,
            state: state,
            specification: specification
        )
    }

    @Test(
        "a container passes if it fulfils one condition of each kind, and all labels",
        arguments: [
            ([], true), (["name=web"], true), (["name=^/?web-[0-9]$"], true), (["name=^eb"], false),
            (["name=db", "name=web"], true), (["id=abab"], true), (["id=ba"], false),
            (["label=stage"], true), (["label=stage=test"], true), (["label=stage=other"], false),
            (["label=empty"], true), (["label=stage", "label=none"], false),
            (["status=exited"], true), (["status=running"], false), (["status=running", "status=exited"], true),
            (["status=dead"], false), (["exited=3"], true), (["exited=0"], false), (["exited=0", "exited=3"], true),
            (["ancestor=team/app:1"], true), (["ancestor=docker.io/team/app:1"], true), (["ancestor=team/app"], false),
            (["ancestor=010101"], true), (["ancestor=sha256:0101"], true), (["ancestor=020202"], false),
            (["network=front"], true), (["network=back"], false), (["volume=data"], true), (["volume=/srv"], true),
            (["volume=/etc"], true), (["volume=/anon"], true), (["volume=other"], false), (["health=none"], true),
            (["health=healthy"], false), (["until=1h"], false),
            (["until=2199-01-01T00:00:00Z"], true), (["name=web", "status=running"], false),
            (["name=web", "exited=3"], true),
        ] as [([String], Bool)]
    )
    func matches(texts: [String], passes: Bool) throws {
        #expect(try ContainerFilter(texts).matches(try Self.record()) == passes)
    }

    @Test("one that was run again since has not ended with its former code")
    func restarted() throws {
        var record = try Self.record()
        record.state.status = .running
        #expect(try !ContainerFilter(["exited=3"]).matches(record))
        record.state.health = HealthState()
        #expect(try ContainerFilter(["health=starting"]).matches(record))
    }

    @Test("who asks for a status or an exit code means containers too that do not run")
    func stopped() throws {
        #expect(try ContainerFilter(["status=running"]).concernsStopped)
        #expect(try ContainerFilter(["exited=0"]).concernsStopped)
        #expect(try !ContainerFilter(["name=web"]).concernsStopped)
    }

    @Test(
        "what is no filter is refused, with what it could be",
        arguments: [
            ("", "NAME=VALUE"), ("name", "NAME=VALUE"), ("name=", "NAME=VALUE"), ("name=(", "'(' is no regular"),
            ("size=1", "'size' is none of name, id"), ("status=up", "'up' is none of created, running"),
            ("exited=x", "'x' is no exit code"), ("health=ill", "'ill' is none of starting"),
            ("until=soon", "'soon' is neither a duration nor a moment"),
        ]
    )
    func refused(text: String, says: String) {
        let error = #expect(throws: NestboxError.self) { try ContainerFilter([text]) }
        #expect(error?.code == .invalidSpecification)
        #expect(error?.message.contains(says) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("the filter '\(text)' can't be used") == true)
    }
}
