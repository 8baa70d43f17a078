// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageBuilder
import ImageStore
import SystemPackage
import Testing

@Suite("Other tools and what was built", .runsBuilds)
struct OtherToolsTests {
    private static let dockerfile = """
        FROM scratch
        LABEL maintainer="someone" version="1"
        ENV MODE=fast NAME="two words"
        COPY --chown=1000:1000 file /data/
        WORKDIR /data
        EXPOSE 80 53/udp
        VOLUME /data/store
        USER 1000:1000
        STOPSIGNAL SIGINT
        HEALTHCHECK --interval=30s --timeout=3s --retries=2 CMD ["/check"]
        ENTRYPOINT ["/program"]
        CMD ["--serve", "it's"]
        """

    @Test("skopeo reads the store, and umoci unpacks the image to the same files", .needs("skopeo", "umoci"))
    func readers() async throws {
        try await BuildFixture.with { fixture in
            let result = try await fixture.build(
                "FROM base\nCOPY file /file\nRUN rm /etc/group && mkdir /d && ln /file /d/hard && ln -s x /d/soft",
                ["file": "content"]
            ) { $0.tags = [try ImageReference("built:1")] }
            let name = "docker.io/library/built:1"
            let digest = try Shell.output("skopeo inspect --format '{{.Digest}}' 'oci:\(fixture.store.root):\(name)'")
            #expect(digest == "\(result.digest)\n")
            let bundle = "\(fixture.directory)/bundle"
            // umoci takes no colon in a tag, so it gets a copy with another name.
            try Shell.run(
                """
                skopeo copy -q 'oci:\(fixture.store.root):\(name)' 'oci:\(fixture.directory)/layout:built' &&
                umoci raw unpack --image '\(fixture.directory)/layout:built' '\(bundle)' >/dev/null
                """
            )
            let files = BuiltFiles(root: bundle)
            #expect(try files.text("/d/hard") == "content")
            #expect(files.status("/etc/group") == nil)
            #expect(try Shell.output("readlink '\(bundle)/d/soft'") == "x\n")
        }
    }

    @Test("the configuration is field by field what Buildah makes of the same Dockerfile", .needs("buildah", "python3"))
    func buildah() async throws {
        try await BuildFixture.with { fixture in
            let result = try await fixture.build(Self.dockerfile, ["file": "content"])
            try BuildFixture.write(Self.dockerfile, to: "\(fixture.directory)/context/Dockerfile")
            let root = "\(fixture.directory)/buildah"
            let buildah = "buildah --root '\(root)/root' --runroot '\(root)/run' --storage-driver vfs"
            try Shell.run(
                """
                mkdir '\(root)' && \(buildah) build -q --format docker --isolation chroot -t other \
                    '\(fixture.directory)/context' >/dev/null &&
                \(buildah) push -q other 'oci-archive:\(root)/image.tar' && mkdir '\(root)/layout' &&
                tar -C '\(root)/layout' -xf '\(root)/image.tar'
                """
            )
            defer { try? Shell.run("\(buildah) rm -a >/dev/null; \(buildah) rmi -fa >/dev/null; rm -rf '\(root)'") }
            let store = try ImageStore(root: fixture.directory.appending("from-buildah"))
            let theirs = try #require(try await store.importLayout(FilePath("\(root)/layout")).first).defaults
            let ours = try #require(result.configuration.config)
            #expect(ours.entrypoint == theirs.entrypoint)
            #expect(ours.command == theirs.command)
            #expect(ours.user == theirs.user)
            #expect(ours.workingDirectory == theirs.workingDirectory)
            #expect(ours.exposedPorts == theirs.exposedPorts)
            #expect(ours.volumes == theirs.volumes)
            #expect(ours.stopSignal == theirs.stopSignal)
            // Buildah adds a label of its own.
            #expect(ours.labels == theirs.labels?.filter { $0.key != "io.buildah.version" })
            #expect(Set(ours.environment ?? []) == Set(theirs.environment ?? []))
        }
    }
}
