// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@Suite("Images of the command-line tool", .runsTool)
struct ImageVerbTests {
    @Test("a list shows what is asked for: names, digests, filters, JSON")
    func list() async throws {
        let tool = try Tool()
        try await tool.finish("tag", "box", "example.com/team/box:2")
        let archive = try TestArchive()
        try await tool.finish("import", "--change", "LABEL stage=test", archive.path.string, "labelled")
        try await tool.finish("import", "-m", "a remark", archive.path.string)
        let all = try await tool.finish("images").lines
        #expect(all.count == 5)
        #expect(all[0].split(separator: " ").first == "REPOSITORY")
        #expect(try await tool.finish("images", "-q").lines.count == 3)
        let whole = try await tool.finish("images", "-q", "--no-trunc").lines
        #expect(whole.allSatisfy { $0.hasPrefix("sha256:") && $0.utf8.count == 71 })
        #expect(try await tool.finish("images", "--digests", "box").lines[1].contains(" sha256:"))
        let json = try await tool.finish("images", "--format", "json", "box").lines
        #expect(json.map { $0.contains(#""Repository":"box""#) } == [true])
        #expect(try await tool.finish("images", "-q", "-f", "dangling=true").lines.count == 1)
        #expect(try await tool.finish("images", "-q", "-f", "label=stage=test").lines.count == 1)
        #expect(try await tool.finish("images", "-q", "-f", "label=stage=other").lines.isEmpty)
        #expect(try await tool.finish("images", "-f", "reference=example.com/*/box").lines.count == 2)
        #expect(try await tool.finish("images", "-q", "-f", "until=24h").lines.isEmpty)
        #expect(try await tool.finish("images", "-q", "-f", "since=box").lines.count == 2)
        #expect(try await tool.finish("images", "-f", "nosuch=1").status == 1)
    }

    @Test("an image is inspected, and its history is told")
    func inspect() async throws {
        let tool = try Tool()
        let inspected = try await tool.finish("image", "inspect", "box")
        #expect(inspected.output.contains(#""RepoTags" : ["#))
        #expect(inspected.output.contains(#""Architecture" : "#))
        let partly = try await tool.finish("image", "inspect", "box", "nosuch")
        #expect(partly.status == 1)
        #expect(partly.output.contains(#""Id" : "sha256:"#))
        let history = try await tool.finish("history", "box").lines
        #expect(history.count == 2)
        #expect(history[0].hasPrefix("IMAGE"))
        #expect(
            try await tool.finish("history", "--format", "json", "box").output.contains(#""Comment":"imported from"#)
        )
        #expect(try await tool.finish("history", "-q", "--no-trunc", "box").output.hasPrefix("sha256:"))
    }

    @Test("images go through a pipe and a file to another root, with names and content")
    func saveAndLoad() async throws {
        let (tool, other) = (try Tool(), try Tool())
        try await tool.finish("tag", "box", "second:1")
        let file = tool.directory.path.appending("saved.tar")
        #expect(try await tool.finish("save", "-o", file.string, "box", "second:1").status == 0)
        try other.run("rmi", "box")
        let loaded = try other.run("load", "-i", file.string)
        #expect(loaded.lines.sorted() == ["Loaded image: box:latest", "Loaded image: second:1"])
        #expect(try other.run("run", "--rm", "second:1").output == "from the image\n")

        let piped = tool.directory.path.appending("piped.tar")
        let saved = try Shell.run(["sh", "-c", "\(tool.path) save --root \(tool.root) box | cat > \(piped)"])
        #expect(saved.status == 0)
        try other.run("rmi", "-f", "box", "second:1")
        let read = try Shell.run(["sh", "-c", "cat \(piped) | \(other.path) load --root \(other.root)"])
        #expect(read.output == "Loaded image: box:latest\n")
        #expect(try other.run("load", "-i", "/etc/passwd").status == 1)
    }

    @Test("what a container changed is exported, and imports as an image")
    func export() async throws {
        let tool = try Tool()
        try await tool.finish("run", "--name", "changed", "box", "sh", "-c", "echo new > /data/new; rm /data/seed")
        let file = tool.directory.path.appending("exported.tar")
        #expect(try await tool.finish("export", "-o", file.string, "changed").status == 0)
        let imported = try await tool.finish(
            "import",
            "-c",
            "CMD cat /data/new; ls /data",
            "-",
            "copy",
            input: file.string
        )
        #expect(imported.output.hasPrefix("sha256:"))
        #expect(try await tool.finish("run", "--rm", "copy").output == "new\nnew\n")
        #expect(try await tool.finish("export", "nosuch").status == 1)
    }

    @Test("an identifier removes all names, a name only itself, and several repositories need force")
    func remove() async throws {
        let tool = try Tool()
        let id = try await tool.finish("images", "-q").lines[0]
        try await tool.finish("tag", "box", "box:2")
        try await tool.finish("tag", "box", "other")
        #expect(try await tool.finish("rmi", "box:2").lines == ["Untagged: box:2"])
        #expect(try await tool.finish("rmi", id).status == 1)
        let removed = try await tool.finish("rmi", "-f", id).lines
        #expect(removed.count == 3)
        #expect(removed.last?.hasPrefix("Deleted: sha256:\(id)") == true)
        #expect(try await tool.finish("rmi", "box").status == 1)
    }

    @Test("a prune takes what has no name and no container, and with -a what has no container")
    func prune() async throws {
        let tool = try Tool()
        let archive = try TestArchive()
        try await tool.finish("import", archive.path.string)
        try await tool.finish("tag", "box", "unused")
        let first = try await tool.finish("image", "prune", "-f")
        #expect(first.lines.first == "Deleted Images:")
        #expect(first.lines.last?.hasPrefix("Total reclaimed space: ") == true)
        #expect(try await tool.finish("images").lines.count == 3)
        try await tool.finish("run", "--name", "user", "box", "true")
        #expect(try await tool.finish("image", "prune", "-a", "-f").output == "Total reclaimed space: 0B\n")
        try await tool.finish("rm", "user")
        #expect(try await tool.finish("image", "prune", "-a", "-f", "--filter", "label=nosuch").lines.count == 1)
        #expect(try await tool.finish("image", "prune", "-a", "-f").lines.count > 2)
        #expect(try await tool.finish("images", "-q").lines.isEmpty)
    }

    @Test("in a user namespace, files get the owners that it maps, and devices are left out")
    func userNamespace() throws {
        let tool = try Tool()
        let tree = tool.directory.path.appending("tree")
        let archive = tool.directory.path.appending("owned.tar")
        let script = """
            mkdir -p \(tree) && cd \(tree) && echo 1 > mapped && echo 2 > unmapped && mknod device c 1 3 && \
            chown 1000:1000 mapped && chown 70000 unmapped && tar -cf \(archive) .
            """
        #expect(try Shell.run(["sh", "-c", script]).status == 0)
        let root = tool.directory.path.appending("inside")
        let command = [tool.path.string, "import", "--root", root.string, archive.string, "owned"]
        let imported = try Shell.run(["python3", "-c", Self.inUserNamespace] + command)
        #expect(imported.status == 0, "\(imported.error)")
        let find = "find \(root)/images/unpacked -path '*/root/*' -printf '%f %U\\n' | sort"
        #expect(try Shell.run(["sh", "-c", find]).output == "mapped 101000\nunmapped 0\n")
    }

    /// Runs a program as root of a user namespace with 60,000 further users.
    private static let inUserNamespace = """
        import ctypes, os, sys
        libc = ctypes.CDLL(None)
        (ready, say), (go, let) = os.pipe(), os.pipe()
        pid = os.fork()
        if pid == 0:
            libc.unshare(0x10000000)
            os.write(say, b'x')
            os.read(go, 1)
            os.setgid(0)
            os.setuid(0)
            os.execv(sys.argv[1], sys.argv[1:])
        os.read(ready, 1)
        for kind in ('uid', 'gid'):
            with open(f'/proc/{pid}/{kind}_map', 'w') as file:
                file.write('0 0 1\\n1 100001 60000\\n')
        os.write(let, b'x')
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        """
}
