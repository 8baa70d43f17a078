// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerTesting
import Glibc
import ImageBuilder
import ImageStore
import Nestbox
import SystemPackage
import Testing

@Suite("Images of test containers", .runsBox)
struct TestImageTests {
    private func output(of image: TestImage, _ command: [String]) async throws -> String {
        let seen = Seen()
        let trait = ContainerTrait.container(
            image,
            command: command,
            readiness: .log("the end"),
            engine: Box.engine
        )
        try await trait.run { seen.insert(try TestContainer.current.output) }
        return try #require(seen.all.first)
    }

    @Test("an archive is imported once, and again when it has changed; the former image goes")
    func archive() async throws {
        let archive = Box.directory.appending("changing.tar")
        func write(_ text: String) {
            Box.shell(
                """
                set -e; cd '\(Box.directory)'; rm -rf c; cp -a r c; echo '\(text)' > c/text
                tar -C c -cf changing.tar.new .; mv changing.tar.new changing.tar
                """
            )
        }
        _ = Box.archive
        let image = TestImage.rootFilesystem(archive: archive, as: "changing")
        let command = ["sh", "-c", "cat /text; echo the end; exec sleep 1000"]
        write("first")
        #expect(try await output(of: image, command) == "first\nthe end\n")
        #expect(try await output(of: image, command) == "first\nthe end\n")
        write("second")
        #expect(try await output(of: image, command) == "second\nthe end\n")
        let nestbox = try await Nestbox(root: Box.engine.root)
        let named = try nestbox.images.images().filter { $0.reference?.path == "library/changing" }
        try await nestbox.close()
        #expect(named.count == 1)
    }

    @Test("a Dockerfile is built on another image, and one that a closure provides is used")
    func built() async throws {
        let context = Box.directory.appending("context")
        Box.shell(
            """
            mkdir -p '\(context)'; echo copied > '\(context)/text'
            printf 'FROM base\\nCOPY text /copied\\nRUN cat /copied > /text\\n' > '\(context)/Dockerfile'
            """
        )
        let command = ["sh", "-c", "cat /text; echo the end; exec sleep 1000"]
        #expect(
            try await output(of: .built(from: .directory(context), bases: ["base": Box.image]), command)
                == "copied\nthe end\n"
        )
        let provided = TestImage.provided { nestbox in
            try await nestbox.images.importRootFilesystem(archive: Box.archive, as: ImageReference("provided:1"))
            return "provided:1"
        }
        #expect(try await output(of: provided, ["sh", "-c", "echo the end; exec sleep 9"]) == "the end\n")
    }

    @Test("an image that there is not is an error of the engine, before any container is made")
    func missing() async throws {
        let trait = ContainerTrait.container("there-is-none:1", engine: Box.engine)
        await #expect {
            try await trait.run { Issue.record("the test was run") }
        } throws: {
            ($0 as? NestboxError)?.code == .imageNotFound
        }
    }
}
