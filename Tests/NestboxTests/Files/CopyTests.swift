// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import ImageStore
import SystemPackage
import Testing

@testable import Nestbox

@Suite("Files of containers", .runsContainers)
struct CopyTests {
    /// Does something with a container that runs, and with one that has ended.
    private func withBoth(_ nestbox: Nestbox, _ body: (String) async throws -> Void) async throws {
        let script = "mkdir -p /d/e; echo one > /d/one; ln -s one /d/link; echo two > /d/e/two; chmod 640 /d/one"
        for runs in [true, false] {
            let name = runs ? "running" : "stopped"
            let command = ["sh", "-c", script + (runs ? "; touch /ready; sleep 1000" : "")]
            let container = try await nestbox.launch(ContainerSpecification(image: "box", name: name, command: command))
            async let served: Void = container.run()
            if runs {
                let ready = nestbox.layout.container(container.identifier).upper.appending("ready")
                while access(ready.string, F_OK) != 0 { try await Task.sleep(for: .milliseconds(2)) }
            } else {
                try await served
            }
            try await body(name)
            if runs {
                try await nestbox.kill(name)
                try await served
            }
        }
    }

    @Test("a file, a directory and its content come out as they are")
    func out() async throws {
        try await withNestbox { nestbox in
            try await withBoth(nestbox) { name in
                let target = try TemporaryDirectory()
                func path(_ name: String) -> String { target.path.appending(name).string }
                try await nestbox.copy(from: CopyPlace("/d/one", in: name), to: CopyPlace(path("renamed")))
                #expect(try Shell.text(of: FilePath(path("renamed"))) == "one\n")
                var status = stat()
                #expect(stat(path("renamed"), &status) == 0)
                #expect(status.st_mode & 0o7777 == 0o640)
                try await nestbox.copy(from: CopyPlace("d", in: name), to: CopyPlace(target.path.string))
                #expect(try Shell.text(of: FilePath(path("d/e/two"))) == "two\n")
                #expect(lstat(path("d/link"), &status) == 0)
                #expect(status.st_mode & S_IFMT == S_IFLNK)
                try await nestbox.copy(from: CopyPlace("/d/.", in: name), to: CopyPlace(path("content")))
                #expect(try Shell.text(of: FilePath(path("content/e/two"))) == "two\n")
                await #expect(throws: NestboxError.self) {
                    try await nestbox.copy(from: CopyPlace("/nosuch", in: name), to: CopyPlace(path("x")))
                }
            }
        }
    }

    @Test("what goes in is there, also over what was there before")
    func into() async throws {
        try await withNestbox { nestbox in
            let source = try TemporaryDirectory()
            try source.write("new\n", to: "file", mode: 0o755)
            try await withBoth(nestbox) { name in
                let file = CopyPlace(source.path.appending("file").string)
                try await nestbox.copy(from: file, to: CopyPlace("/d", in: name))
                try await nestbox.copy(from: file, to: CopyPlace("/d/one", in: name))
                let back = try TemporaryDirectory()
                try await nestbox.copy(from: CopyPlace("/d/.", in: name), to: CopyPlace(back.path.string))
                #expect(try Shell.text(of: back.path.appending("file")) == "new\n")
                #expect(try Shell.text(of: back.path.appending("one")) == "new\n")
                await #expect(throws: NestboxError.self) {
                    try await nestbox.copy(from: file, to: CopyPlace("/nosuch/", in: name))
                }
            }
        }
    }

    @Test("no link in a container leads a copy to the host's files, on the way in or out")
    func hostile() async throws {
        try await withNestbox { nestbox in
            let outside = try TemporaryDirectory()
            try outside.write("secret\n", to: "secret")
            let up = String(repeating: "../", count: 20)
            let script = """
                ln -s \(outside.path) /absolute; ln -s \(up)\(outside.path) /relative; ln -s \(outside.path)/secret /file
                mkdir /dir; ln -s \(outside.path)/secret /dir/secret; ln -s /proc/1/root/\(outside.path) /magic; sleep 1000
                """
            try await nestbox.withContainer(
                ContainerSpecification(image: "box", name: "hostile", command: ["sh", "-c", script])
            ) { container in
                let magic = nestbox.layout.container(container.identifier).upper.appending("magic")
                var status = stat()
                while lstat(magic.string, &status) != 0 { try await Task.sleep(for: .milliseconds(2)) }
                let target = try TemporaryDirectory()
                for link in ["/absolute/secret", "/relative/secret", "/magic/secret"] {
                    await #expect(throws: NestboxError.self) {
                        try await nestbox.copy(
                            from: CopyPlace(link, in: "hostile"),
                            to: CopyPlace(target.path.appending("taken").string)
                        )
                    }
                }
                try outside.write("mine\n", to: "own")
                let own = CopyPlace(outside.path.appending("own").string)
                for place in ["/absolute/secret", "/relative/secret", "/magic/secret"] {
                    await #expect(throws: NestboxError.self) {
                        try await nestbox.copy(from: own, to: CopyPlace(place, in: "hostile"))
                    }
                }
                // A link that is to be overwritten is replaced, not followed.
                try await nestbox.copy(from: own, to: CopyPlace("/file", in: "hostile"))
                try await nestbox.copy(from: CopyPlace("/dir", in: "hostile"), to: CopyPlace(target.path.string))
                #expect(lstat(target.path.appending("dir/secret").string, &status) == 0)
                #expect(status.st_mode & S_IFMT == S_IFLNK)
                #expect(try Shell.text(of: outside.path.appending("secret")) == "secret\n")
            }
        }
    }

    @Test("what a container has changed is told, and a new image has it")
    func changes() async throws {
        try await withNestbox { nestbox in
            let script =
                "echo new > /data/new; rm /data/seed; echo changed >> /etc/group; mkdir -p /made/by; echo x > /made/by/x"
            let container = try await nestbox.launch(
                ContainerSpecification(image: "box", name: "changing", command: ["sh", "-c", script])
            )
            try await container.run()
            let changes = try await nestbox.differences("changing").map(\.description)
            #expect(
                changes == [
                    "C /data", "A /data/new", "D /data/seed", "C /etc", "C /etc/group", "A /made", "A /made/by",
                    "A /made/by/x",
                ]
            )
            let image = try await nestbox.commit(
                "changing",
                as: ImageReference("changed"),
                changes: [#"CMD ["cat", "/made/by/x"]"#]
            )
            #expect(image.configuration.rootfs.diffIDs.count == 2)
            let seen = try await nestbox.finish(ContainerSpecification(image: "changed"))
            #expect(seen.output == "x\n")
            let gone = try await nestbox.finish("ls /data") { $0.image = "changed" }
            #expect(gone.output == "new\n")
        }
    }

    @Test("prunes at once do not disturb each other: what one has removed, the others pass over")
    func pruningAtOnce() async throws {
        try await withNestbox { nestbox in
            let names = (0..<24).map { "idle-\($0)" }
            for name in names {
                _ = try nestbox.create(ContainerSpecification(image: "box", name: name, command: ["true"]))
            }
            let removed = try await withThrowingTaskGroup(of: [String].self) { tasks in
                for _ in 0..<4 { tasks.addTask { try await nestbox.pruneContainers().removed.map(\.name) } }
                return try await tasks.reduce(into: []) { $0 += $1 }
            }
            #expect(Set(removed) == Set(names))
            #expect(try nestbox.containers().isEmpty)
        }
    }

    @Test("what takes space is counted, and what nothing uses is removed")
    func pruning() async throws {
        try await withNestbox { nestbox in
            let container = try await nestbox.launch(
                ContainerSpecification(
                    image: "box",
                    name: "big",
                    command: ["sh", "-c", "head -c 300000 /dev/zero > /big"]
                )
            )
            try await container.run()
            let usage = try await nestbox.usage()
            #expect(usage.containers.count == 1)
            #expect(usage.containers.reclaimable >= 300_000)
            #expect(usage.images.count == 1)
            try await nestbox.createNetwork(NetworkSpecification(name: "unused"))
            let pruned = try await nestbox.prune(allImages: true)
            #expect(pruned.containers == ["big"])
            #expect(pruned.networks == ["unused"])
            #expect(pruned.images.count == 1)
            #expect(try await nestbox.usage().images.count == 0)
        }
    }
}
