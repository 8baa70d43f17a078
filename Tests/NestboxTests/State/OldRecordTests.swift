// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerNetwork
import FoundationEssentials
import ImageStore
import Testing

@testable import Nestbox

@Suite("Records of earlier versions")
struct OldRecordTests {
    @Test("a container's record without what came later is read, with the defaults")
    func container() throws {
        // As an earlier version has written it: nothing of input, platforms, pulls or health.
        let text = """
            {"command":["sleep","9"],"createdAt":1700000000000000000,"hostName":"h","identifier":"\(
                String(repeating: "ab", count: 32))","image":"box","imageIdentifier":"sha256:0","isComplete":true,
            "isRemovedAtEnd":false,"labels":{},"limits":{},"mounts":[],"name":"old","ports":[],"restartCount":2,
            "specification":{"command":["sleep","9"],"environment":["A=b"],"hasTerminal":true,"image":"box",
            "isReadOnly":true,"labels":{"x":"y"},"stopTimeout":3},
            "state":{"status":"exited","exitCode":4},"stopSignal":15,"stopTimeout":3}
            """
        let createdAt = try JSONEncoder().encode(Moment(nanoseconds: 1_700_000_000_000_000_000))
        let json = text.replacing("1700000000000000000", with: String(decoding: createdAt, as: UTF8.self))
        let record = try JSONDecoder().decode(ContainerRecord.self, from: Data(json.utf8))
        #expect(record.name == "old")
        #expect(record.state.exitCode == 4)
        let specification = record.specification
        #expect(!specification.readsInput)
        #expect(specification.hasTerminal)
        #expect(specification.isReadOnly)
        #expect(specification.environment == ["A=b"])
        #expect(specification.labels == ["x": "y"])
        #expect(specification.stopTimeout == 3)
        #expect(specification.restart == .no)
        #expect(specification.health == nil)
    }

    @Test("a specification says all of itself, and nothing is lost of what it says")
    func specification() throws {
        var specification = ContainerSpecification(image: "box", name: "full", command: ["a"])
        specification.pullPolicy = .never
        specification.entrypoint = []
        specification.environment = ["A=b"]
        specification.workingDirectory = "/w"
        specification.user = "1:2"
        specification.hostName = "h"
        specification.ports = try PortMapping.parse("127.0.0.1:80:81")
        specification.publishesExposedPorts = true
        specification.volumes = [try VolumeAttachment("data:/v")]
        specification.restart = .always
        specification.health = HealthCheck(["true"])
        specification.labels = ["x": "y"]
        specification.limits.memory = 1 << 20
        specification.platform = try Platform("linux/arm64")
        specification.network.aliases = ["other"]
        specification.temporary = [TemporaryMount(at: "/t")]
        specification.security.addedCapabilities = ["SYS_TIME"]
        specification.userNamespace = .automatic
        specification.log = LogLimits(size: 1000, files: 2)
        specification.hasTerminal = true
        specification.readsInput = true
        specification.runsInit = true
        specification.isReadOnly = true
        specification.isRemovedAtEnd = true
        specification.stopSignal = "INT"
        specification.stopTimeout = 3
        // A member that is as by default here would not show that it is read: new ones are to be set above.
        let plain = ContainerSpecification(image: "other")
        for (set, unset) in zip(Mirror(reflecting: specification).children, Mirror(reflecting: plain).children) {
            #expect("\(set.value)" != "\(unset.value)", "\(set.label ?? "")")
        }
        #expect(try roundTrip(specification) == specification)
        #expect(try roundTrip(ContainerSpecification(image: "box")) == ContainerSpecification(image: "box"))
    }

    @Test("what is wrong is still refused")
    func damaged() {
        for text in ["{}", #"{"image":1}"#, #"{"image":"box","readsInput":"yes"}"#] {
            #expect(throws: (any Error).self) {
                try JSONDecoder().decode(ContainerSpecification.self, from: Data(text.utf8))
            }
        }
    }
}
