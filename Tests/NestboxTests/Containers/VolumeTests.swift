// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import ImageStore
import SystemPackage
import Testing
import VolumeStore

@testable import Nestbox

@Suite("Volumes of containers", .runsContainers)
struct VolumeTests {
    @Test("data outlives the container that wrote it")
    func outlives() async throws {
        try await withNestbox { nestbox in
            let volume = try VolumeAttachment("kept:/var/kept")
            #expect(
                try await nestbox.finish("echo data > /var/kept/file") { $0.volumes = [volume] }.status == .exited(0)
            )
            #expect(try nestbox.containers().isEmpty)
            #expect(try await nestbox.finish("cat /var/kept/file") { $0.volumes = [volume] }.output == "data\n")
        }
    }

    @Test("a new volume receives what the image has there, once")
    func copyUp() async throws {
        try await withNestbox { nestbox in
            let volume = try VolumeAttachment("content:/data")
            let first = try await nestbox.finish("cat /data/seed; rm /data/seed") { $0.volumes = [volume] }
            #expect(first.output == "from the image\n")
            let second = try await nestbox.finish("ls /data; touch /data/own") { $0.volumes = [volume] }
            #expect(second.output == "")
            #expect(try await nestbox.finish("ls /data") { $0.volumes = [volume] }.output == "own\n")
        }
    }

    @Test("a volume attached for reading can't be written")
    func readOnly() async throws {
        try await withNestbox { nestbox in
            let (_, output) = try await nestbox.finish("touch /data/x || echo refused; cat /data/seed") {
                $0.volumes = [try VolumeAttachment("content:/data:ro")]
            }
            #expect(output == "refused\nfrom the image\n")
        }
    }

    @Test("a directory of the host is seen as it is")
    func bind() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("host\n", to: "file")
        try await withNestbox { nestbox in
            let (_, output) = try await nestbox.finish("cat /host/file; echo back > /host/answer") {
                $0.volumes = [try VolumeAttachment("\(directory.path):/host")]
            }
            #expect(output == "host\n")
            #expect(try Shell.text(of: directory.path.appending("answer")) == "back\n")
        }
    }

    @Test("the image's own volumes are anonymous ones, gone with a container that is removed at its end")
    func imageVolumes() async throws {
        var defaults = ImageConfiguration.Defaults()
        defaults.volumes = ["/data"]
        try await withNestbox(defaults: defaults) { nestbox in
            let container = try await nestbox.launch(
                ContainerSpecification(image: "box", name: "user", command: ["true"])
            )
            try await container.run()
            let volumes = try await nestbox.volumes.list()
            #expect(volumes.map(\.isAnonymous) == [true])
            #expect(try nestbox.container("user").mounts.map(\.target) == ["/data"])
            try await nestbox.remove("user", removesVolumes: true)
            #expect(try await nestbox.volumes.list().isEmpty)
        }
    }

    @Test("a volume can't be removed while a container uses it")
    func inUse() async throws {
        try await withNestbox { nestbox in
            var specification = ContainerSpecification(image: "box", command: ["sleep", "100"])
            specification.volumes = [try VolumeAttachment("used:/v")]
            _ = try await nestbox.withContainer(specification) { _ in
                await #expect(throws: (any Error).self) { try await nestbox.volumes.remove("used") }
            }
            try await nestbox.volumes.remove("used")
        }
    }
}
