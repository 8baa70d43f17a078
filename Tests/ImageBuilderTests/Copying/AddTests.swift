// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import ImageBuilder
import Synchronization
import SystemPackage
import Testing

@Suite("ADD", .runsBuilds)
struct AddTests {
    /// Serves files from memory, and counts how often.
    private final class Fetcher: RemoteSourceFetcher {
        let files: [String: String]
        let count = Mutex(0)

        init(_ files: [String: String]) {
            self.files = files
        }

        func fetch(_ address: String, to file: FilePath) async throws -> RemoteSource {
            count.withLock { $0 += 1 }
            guard let content = files[address] else { throw Errno.noSuchFileOrDirectory }
            try BuildFixture.write(content, to: file.string)
            return RemoteSource(modified: 1_000_000_000)
        }
    }

    @Test(
        "local archives are unpacked whatever they are called and however compressed",
        arguments: ["", "z", "j", "J"]
    )
    func archives(flag: String) async throws {
        try await BuildFixture.with { fixture in
            _ = try fixture.context(["in/file": "x", "in/dir/deep": "y"], named: "tree")
            let context = fixture.directory.appending("archives")
            try Shell.run(
                """
                mkdir '\(context)' && cd '\(fixture.directory)/tree' && chmod 4711 in/file &&
                tar -c\(flag)f '\(context)/odd.name' --owner=5 --group=6 in && echo no > '\(context)/plain.tar'
                """
            )
            let target = fixture.directory.appending("out.tar")
            var options = ImageBuilder.Options()
            options.outputs = [.filesArchive(target)]
            _ = try await fixture.builder.build(
                .directory(context),
                dockerfile: .text(
                    """
                    FROM base
                    RUN mkdir -p /into/in/file && ln -s /srv /link
                    ADD odd.name /into/
                    ADD odd.name /link
                    ADD plain.tar /
                    ADD --unpack=false odd.name /kept
                    COPY odd.name /copied
                    FROM scratch AS bare
                    ADD odd.name /
                    FROM scratch
                    COPY --from=0 / /full
                    COPY --from=bare / /bare
                    """
                ),
                options: options
            )
            let root = "\(fixture.directory)/unpacked"
            try Shell.run("mkdir '\(root)' && tar -C '\(root)' --same-owner -xpf '\(target)'")
            let files = BuiltFiles(root: root)
            #expect(files.status("/full/into/in/file") == "4711 5:6")
            #expect(try files.text("/full/srv/in/dir/deep") == "y")
            #expect(try files.text("/full/plain.tar") == "no\n")
            #expect(files.status("/full/kept")?.hasSuffix(" 0:0") == true)
            #expect(files.status("/full/copied") == files.status("/full/kept"))
            #expect(try files.list("/bare") == ["in", "in/dir", "in/dir/deep", "in/file"])
            #expect(files.status("/bare/in/file") == "4711 5:6")
        }
    }

    @Test("a hostile archive is refused")
    func hostile() async throws {
        try await BuildFixture.with { fixture in
            let context = fixture.directory.appending("hostile")
            try Shell.run(
                """
                mkdir '\(context)' && cd '\(context)' && echo x > x &&
                tar -cPf up.tar --transform 's,^x$,../../up,' x && ln -s / root && echo y > y &&
                tar -cf through.tar root && tar -rf through.tar --transform 's,^y$,root/etc/passwd,' y
                """
            )
            for archive in ["up.tar", "through.tar"] {
                await #expect(throws: ImageBuilderError.self) {
                    _ = try await fixture.builder.build(
                        .directory(context),
                        dockerfile: .text("FROM base\nADD \(archive) /")
                    )
                }
            }
        }
    }

    @Test("files from addresses are private to root, have their server's time, and are verified")
    func remote() async throws {
        try await BuildFixture.with { fixture in
            let address = "https://example.org/dir/data.bin?version=2"
            let fetcher = Fetcher([address: "remote\n"])
            var builder = fixture.builder
            builder.remoteSources = fetcher
            let digest = try Shell.output("printf 'remote\\n' | sha256sum | cut -c1-64").dropLast()
            let files = try await fixture.files(
                """
                FROM base
                ADD \(address) /d/
                ADD --chmod=644 --chown=3 \(address) /named
                ADD --checksum=sha256:\(digest) \(address) /verified
                """,
                with: builder
            )
            #expect(files.status("/d/data.bin") == "600 0:0")
            #expect(files.time("/d/data.bin") == 1_000_000_000)
            #expect(files.status("/named") == "644 3:3")
            #expect(try files.text("/verified") == "remote\n")
            let wrong = String(repeating: "0", count: 64)
            let error = await #expect(throws: ImageBuilderError.self) {
                try await fixture.build("FROM base\nADD --checksum=sha256:\(wrong) \(address) /x", with: builder)
            }
            #expect(error?.code == .remoteSource)
        }
    }

    @Test("a verified source whose step was done before is not fetched again")
    func verifiedIsCached() async throws {
        try await BuildFixture.with { fixture in
            let address = "http://example.org/data"
            let fetcher = Fetcher([address: "remote\n"])
            var builder = fixture.builder
            builder.remoteSources = fetcher
            let digest = try Shell.output("printf 'remote\\n' | sha256sum | cut -c1-64").dropLast()
            let text = "FROM base\nADD --checksum=sha256:\(digest) \(address) /x"
            try await fixture.build(text, with: builder)
            let again = try await fixture.build(text, with: builder)
            #expect(again.cachedStepCount == 1)
            #expect(fetcher.count.withLock { $0 } == 1)
        }
    }
}
