// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@Suite("Volumes of the command-line tool", .runsTool)
struct VolumeCommandTests {
    @Test("what a container wrote into a volume is there for the next, and the volume stays until it is removed")
    func outlivesContainers() async throws {
        let tool = try Tool()
        let volume = ["-v", "ghost-vol:/var/lib/ghost/content"]
        func run(_ arguments: [String]) async throws -> Finished {
            try await tool.finish(arguments)
        }
        let write = "mkdir /var/lib/ghost/content/data; echo written > /var/lib/ghost/content/data/post"
        #expect(try await run(["run", "--name", "ghost"] + volume + ["box", "sh", "-c", write]).status == 0)
        #expect(try await run(["rm", "ghost"]).status == 0)
        let read = try await run(["run", "--rm"] + volume + ["box", "cat", "/var/lib/ghost/content/data/post"])
        #expect(read.output == "written\n")

        #expect(try await run(["run", "-d", "--name", "again"] + volume + ["box", "sleep", "1000"]).status == 0)
        let refused = try await run(["volume", "rm", "ghost-vol"])
        #expect(refused.status == 1 && refused.error.contains("in use"))
        let forced = try await run(["volume", "rm", "-f", "ghost-vol"])
        #expect(forced.status == 1 && forced.error.contains("in use"))
        #expect(try await run(["rm", "-f", "again"]).status == 0)
        #expect(try await run(["volume", "ls", "-q"]).lines == ["ghost-vol"])
        #expect(try await run(["volume", "rm", "ghost-vol"]).lines == ["ghost-vol"])
        #expect(try await run(["volume", "ls", "-q"]).lines.isEmpty)
        #expect(try await run(["run", "--rm"] + volume + ["box", "ls", "/var/lib/ghost/content"]).output == "")
    }

    @Test("anonymous volumes are made by -v alone, listed by their container, and go with rm -v only")
    func anonymous() async throws {
        let tool = try Tool()
        #expect(
            try await tool.finish("run", "--name", "user", "-v", "/cache", "box", "touch", "/cache/file").status == 0
        )
        let names = try await tool.finish("volume", "ls", "-q", "--filter", "anonymous=true").lines
        #expect(names.count == 1 && names.first?.count == 64)
        #expect(try await tool.finish("rm", "user").status == 0)
        #expect(try await tool.finish("volume", "ls", "-q").lines == names)
        #expect(try await tool.finish("volume", "prune", "-f").output.contains(names.first ?? "-"))
        #expect(try await tool.finish("volume", "ls", "-q").lines.isEmpty)

        #expect(try await tool.finish("run", "--name", "user", "-v", "/cache", "box", "true").status == 0)
        #expect(try await tool.finish("rm", "-v", "user").status == 0)
        #expect(try await tool.finish("volume", "ls", "-q").lines.isEmpty)
    }

    @Test("options, labels and filters reach the store")
    func options() async throws {
        let tool = try Tool()
        #expect(
            try await tool.finish("volume", "create", "--opt", "size=8m", "--label", "tier=gold", "small").lines == [
                "small"
            ]
        )
        #expect(try await tool.finish("volume", "create", "--label", "tier", "plain").lines == ["plain"])
        #expect(try await tool.finish("volume", "create", "--driver", "nosuch", "bad").status == 1)
        #expect(try await tool.finish("volume", "create", "--opt", "size=never", "bad").status == 1)
        #expect(try await tool.finish("volume", "ls", "-q", "--filter", "label=tier=gold").lines == ["small"])
        #expect(try await tool.finish("volume", "ls", "-q", "-f", "label=tier").lines == ["plain", "small"])
        #expect(try await tool.finish("volume", "ls", "--filter", "colour=red").status == 1)
        let json = try await tool.finish("volume", "ls", "--format", "json").lines
        #expect(json.count == 2 && json[1].contains(#""Options":{"size":"8m"}"#))

        let fill = "busybox dd if=/dev/zero of=/small/file bs=1M count=20 2>&1; echo hello > /plain/file"
        let full = try await tool.finish(
            "run",
            "--rm",
            "-v",
            "small:/small",
            "-v",
            "plain:/plain",
            "box",
            "sh",
            "-c",
            fill
        )
        #expect(full.output.contains("No space left on device"))
        let usage = try await tool.finish("volume", "usage", "small").lines
        #expect(usage.count == 2 && usage[1].hasPrefix("small") && usage[1].hasSuffix("8.4MB"), "\(usage)")
        #expect(try await tool.finish("volume", "usage", "--format", "metrics").output.contains("volume=\"plain\""))

        #expect(try await tool.finish("volume", "rename", "plain", "other").lines == ["other"])
        #expect(try await tool.finish("run", "--rm", "-v", "other:/v", "box", "cat", "/v/file").output == "hello\n")
        #expect(try await tool.finish("volume", "prune", "-a", "--filter", "label!=tier=gold").output.contains("other"))
        #expect(try await tool.finish("volume", "ls", "-q").lines == ["small"])
    }

    @Test("an archive of which nothing comes changes nothing")
    func emptyArchive() async throws {
        let tool = try Tool()
        let kept = ["run", "--rm", "-v", "data:/d", "box"]
        try #require(try await tool.finish(kept + ["sh", "-c", "echo kept > /d/file"]).status == 0)
        for arguments in [["volume", "import", "--replace", "data"], ["volume", "import", "new"]] {
            let finished = try await tool.finish(arguments)
            #expect(finished.status == 1)
            #expect(finished.error == "nestbox: the archive is empty\n")
        }
        #expect(try await tool.finish(kept + ["cat", "/d/file"]).output == "kept\n")
        #expect(try await tool.finish("volume", "ls", "-q").lines == ["data"])
    }

    @Test("snapshots, clones and restores keep and bring back what a container wrote")
    func snapshots() async throws {
        let tool = try Tool()
        func write(_ text: String) async throws {
            #expect(
                try await tool.finish("run", "--rm", "-v", "vol:/v", "box", "sh", "-c", "echo \(text) > /v/file").status
                    == 0
            )
        }
        func read(_ name: String) async throws -> String {
            try await tool.finish("run", "--rm", "-v", "\(name):/v:ro", "box", "cat", "/v/file").output
        }
        try await write("first")
        #expect(try await tool.finish("volume", "snapshot", "vol", "one").lines == ["one"])
        try await write("second")
        #expect(try await tool.finish("volume", "clone", "vol", "copy").lines == ["copy"])
        #expect(try await tool.finish("volume", "clone", "--snapshot", "one", "vol", "old").lines == ["old"])
        #expect(try await tool.finish("volume", "snapshots", "-q", "vol").lines == ["one"])
        #expect(try await [read("vol"), read("copy"), read("old")] == ["second\n", "second\n", "first\n"])
        #expect(try await tool.finish("volume", "restore", "vol", "one").status == 0)
        #expect(try await read("vol") == "first\n")
        #expect(try await tool.finish("volume", "rm", "vol").error.contains("snapshots"))
        #expect(try await tool.finish("volume", "snapshot", "--remove", "vol", "one").status == 0)
        #expect(try await tool.finish("volume", "rm", "vol", "copy", "old").lines == ["vol", "copy", "old"])
    }

    @Test("an exported volume is imported the same, and an archive that is not what it should be changes nothing")
    func archives() async throws {
        let tool = try Tool()
        #expect(
            try await tool.finish("run", "--rm", "-v", "vol:/v", "box", "sh", "-c", "echo text > /v/file").status == 0
        )
        let archive = tool.directory.path.appending("vol.tar.zst")
        let exported = try Shell.run(
            ["/bin/sh", "-c", "'\(tool.path)' volume export --compress zstd vol >'\(archive)'"],
            environment: ["NESTBOX_ROOT=\(tool.root)"]
        )
        let digest = try #require(exported.error.split(separator: "\n").last.map(String.init))
        #expect(exported.status == 0 && digest.hasPrefix("sha256:"))
        let wrong = "sha256:" + String(repeating: "0", count: 64)
        #expect(try await tool.finish("volume", "import", "--digest", wrong, "copy", input: archive.string).status == 1)
        #expect(try await tool.finish("volume", "ls", "-q").lines == ["vol"])
        let imported = try await tool.finish("volume", "import", "--digest", digest, "copy", input: archive.string)
        #expect(imported.lines == [digest])
        #expect(try await tool.finish("run", "--rm", "-v", "copy:/v", "box", "cat", "/v/file").output == "text\n")
        #expect(try await tool.finish("volume", "import", "copy", input: archive.string).error.contains("holds data"))
        #expect(try await tool.finish("volume", "import", "--replace", "copy", input: archive.string).status == 0)
        #expect(try await tool.finish("volume", "import", "--replace", "copy", input: "/etc/passwd").status == 1)
        #expect(try await tool.finish("run", "--rm", "-v", "copy:/v", "box", "cat", "/v/file").output == "text\n")
    }
}
