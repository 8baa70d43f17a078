// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerNetwork
import ImageStore
import Testing

@testable import Nestbox

@Suite("What people write")
struct ParsingTests {
    @Test(
        "amounts of memory are read with factors of 1024",
        arguments: [
            ("512", 512), ("1b", 1), ("64m", 64 << 20), ("1.5g", 3 << 29), ("10KB", 10 << 10), ("2GiB", 2 << 30),
        ] as [(String, Int64)]
    )
    func bytes(_ text: String, _ bytes: Int64) throws {
        #expect(try ByteCount.parse(text) == bytes)
    }

    @Test("what is no amount of memory is refused", arguments: ["", "m", "x", "-1", "1x", "nan", "inf", "1e30g"])
    func noBytes(_ text: String) {
        #expect(throws: NestboxError.self) { try ByteCount.parse(text) }
    }

    @Test("there may be as many processors as the machine has, and no more")
    func processors() throws {
        try ContainerLimits(processors: 4).validate(available: 4)
        #expect {
            try ContainerLimits(processors: 4.5).validate(available: 4)
        } throws: {
            guard let error = $0 as? NestboxError else { return false }
            return error.code == .invalidSpecification && error.message.contains("4.5")
                && error.message.contains("the 4 ")
        }
    }

    @Test("attachments are read as Docker's -v")
    func attachments() throws {
        #expect(try VolumeAttachment("data:/srv") == VolumeAttachment(.named("data"), at: "/srv"))
        #expect(try VolumeAttachment("/etc:/srv:ro") == VolumeAttachment(.bind("/etc"), at: "/srv", isReadOnly: true))
        #expect(try VolumeAttachment("/cache") == VolumeAttachment(.anonymous, at: "/cache"))
        #expect(try VolumeAttachment("d:/x:nocopy") == VolumeAttachment(.named("d"), at: "/x", copiesUp: false))
    }

    @Test(
        "what is no attachment is refused",
        arguments: ["", "data", "a:b", "a:/b:zz", "a:/b:ro:x", ":/x", "a:/", "a:/b:ro,rw"]
    )
    func noAttachment(_ text: String) {
        #expect(throws: NestboxError.self) { try VolumeAttachment(text) }
    }

    @Test("names follow Docker's rule", arguments: ["web", "a.b-c_1", "0x"])
    func names(_ name: String) throws {
        try ContainerName.validate(name)
    }

    @Test(
        "names that could be paths or options are refused",
        arguments: ["", "a", "-a", ".a", "a/b", "a b", "ü1", "../x", String(repeating: "a", count: 129)]
    )
    func noNames(_ name: String) {
        #expect(throws: NestboxError.self) { try ContainerName.validate(name) }
    }

    @Test("a name that is made up is a valid one, and none that is taken")
    func randomName() throws {
        for _ in 0..<100 { try ContainerName.validate(ContainerName.random { _ in false }) }
        var asked = 0
        let name = ContainerName.random { _ in
            asked += 1
            return asked < 10
        }
        try ContainerName.validate(name)
        #expect(asked == 10)
    }

    @Test("changes of an image are those of a Dockerfile's instructions")
    func changes() throws {
        var defaults = ImageConfiguration.Defaults()
        for change in [
            #"CMD ["a", "b c"]"#, "entrypoint run me", #"ENV A=1 B="two words""#, "ENV C three words",
            "EXPOSE 80 53/udp",
            #"VOLUME ["/data"]"#, "WORKDIR /srv", "USER app", "STOPSIGNAL SIGINT", "LABEL x=y",
        ] {
            try ImageChange.apply(change, to: &defaults)
        }
        #expect(defaults.command == ["a", "b c"])
        #expect(defaults.entrypoint == ["/bin/sh", "-c", "run me"])
        #expect(defaults.environment == ["A=1", "B=two words", "C=three words"])
        #expect(defaults.exposedPorts == ["80/tcp", "53/udp"])
        #expect(defaults.volumes == ["/data"])
        #expect(defaults.workingDirectory == "/srv")
        #expect(defaults.user == "app")
        #expect(defaults.stopSignal == "SIGINT")
        #expect(defaults.labels == ["x": "y"])
    }

    @Test("changes that make no sense are refused", arguments: ["RUN x", "CMD", "CMD [1]", "ENV A", "ENV =x", ""])
    func noChanges(_ text: String) {
        var defaults = ImageConfiguration.Defaults()
        #expect(throws: NestboxError.self) { try ImageChange.apply(text, to: &defaults) }
    }

    @Test("a specification is the same after its way to a monitor")
    func coding() throws {
        var specification = ContainerSpecification(image: "i", name: "nn", command: ["a"])
        specification.ports = try PortMapping.parse("127.0.0.1:8000-8001:80-81") + PortMapping.parse("90")
        specification.volumes = [try VolumeAttachment("a:/b:ro"), try VolumeAttachment("/x:/y")]
        specification.entrypoint = []
        specification.limits = ContainerLimits(memory: 5, processors: 1.5, processes: 7)
        #expect(try roundTrip(specification) == specification)
    }
}
