// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@Suite("Images of the command-line tool", .runsTool)
struct ImageVerbTests {
    @Test("a list shows what is asked for: names, digests, filters, JSON")
    func list() throws {
        let tool = try Tool()
        try tool.run("tag", "box", "example.com/team/box:2")
        let archive = try TestArchive()
        try tool.run("import", "--change", "LABEL stage=test", archive.path.string, "labelled")
        try tool.run("import", "-m", "a remark", archive.path.string)
        let all = try tool.run("images").lines
        #expect(all.count == 5)
        #expect(all[0].split(separator: " ").first == "REPOSITORY")
        #expect(try tool.run("images", "-q").lines.count == 3)
        let whole = try tool.run("images", "-q", "--no-trunc").lines
        #expect(whole.allSatisfy { $0.hasPrefix("sha256:") && $0.utf8.count == 71 })
        #expect(try tool.run("images", "--digests", "box").lines[1].contains(" sha256:"))
        let json = try tool.run("images", "--format", "json", "box").lines
        #expect(json.map { $0.contains(#""Repository":"box""#) } == [true])
        #expect(try tool.run("images", "-q", "-f", "dangling=true").lines.count == 1)
        #expect(try tool.run("images", "-q", "-f", "label=stage=test").lines.count == 1)
        #expect(try tool.run("images", "-q", "-f", "label=stage=other").lines.isEmpty)
        #expect(try tool.run("images", "-f", "reference=example.com/*/box").lines.count == 2)
        #expect(try tool.run("images", "-q", "-f", "until=24h").lines.isEmpty)
        #expect(try tool.run("images", "-q", "-f", "since=box").lines.count == 2)
        #expect(try tool.run("images", "-f", "nosuch=1").status == 1)
    }

    @Test("an image is inspected, and its history is told")
    func inspect() throws {
        let tool = try Tool()
        let inspected = try tool.run("image", "inspect", "box")
        #expect(inspected.output.contains(#""RepoTags" : ["#))
        #expect(inspected.output.contains(#""Architecture" : "#))
        let partly = try tool.run("image", "inspect", "box", "nosuch")
        #expect(partly.status == 1)
        #expect(partly.output.contains(#""Id" : "sha256:"#))
        let history = try tool.run("history", "box").lines
        #expect(history.count == 2)
        #expect(history[0].hasPrefix("IMAGE"))
        #expect(try tool.run("history", "--format", "json", "box").output.contains(#""Comment":"imported from"#))
        #expect(try tool.run("history", "-q", "--no-trunc", "box").output.hasPrefix("sha256:"))
    }

    @Test("images go through a pipe and a file to another root, with names and content")
    func saveAndLoad() throws {
        let (tool, other) = (try Tool(), try Tool())
        try tool.run("tag", "box", "second:1")
        let file = tool.directory.path.appending("saved.tar")
        #expect(try tool.run("save", "-o", file.string, "box", "second:1").status == 0)
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
    func export() throws {
        let tool = try Tool()
        try tool.run("run", "--name", "changed", "box", "sh", "-c", "echo new > /data/new; rm /data/seed")
        let file = tool.directory.path.appending("exported.tar")
        #expect(try tool.run("export", "-o", file.string, "changed").status == 0)
        let imported = try tool.run("import", "-c", "CMD cat /data/new; ls /data", "-", "copy", input: file.string)
        #expect(imported.output.hasPrefix("sha256:"))
        #expect(try tool.run("run", "--rm", "copy").output == "new\nnew\n")
        #expect(try tool.run("export", "nosuch").status == 1)
    }

    @Test("an identifier removes all names, a name only itself, and several repositories need force")
    func remove() throws {
        let tool = try Tool()
        let id = try tool.run("images", "-q").lines[0]
        try tool.run("tag", "box", "box:2")
        try tool.run("tag", "box", "other")
        #expect(try tool.run("rmi", "box:2").lines == ["Untagged: box:2"])
        #expect(try tool.run("rmi", id).status == 1)
        let removed = try tool.run("rmi", "-f", id).lines
        #expect(removed.count == 3)
        #expect(removed.last?.hasPrefix("Deleted: sha256:\(id)") == true)
        #expect(try tool.run("rmi", "box").status == 1)
    }

    @Test("a prune takes what has no name and no container, and with -a what has no container")
    func prune() throws {
        let tool = try Tool()
        let archive = try TestArchive()
        try tool.run("import", archive.path.string)
        try tool.run("tag", "box", "unused")
        let first = try tool.run("image", "prune", "-f")
        #expect(first.lines.first == "Deleted Images:")
        #expect(first.lines.last?.hasPrefix("Total reclaimed space: ") == true)
        #expect(try tool.run("images").lines.count == 3)
        try tool.run("run", "--name", "user", "box", "true")
        #expect(try tool.run("image", "prune", "-a", "-f").output == "Total reclaimed space: 0B\n")
        try tool.run("rm", "user")
        #expect(try tool.run("image", "prune", "-a", "-f", "--filter", "label=nosuch").lines.count == 1)
        #expect(try tool.run("image", "prune", "-a", "-f").lines.count > 2)
        #expect(try tool.run("images", "-q").lines.isEmpty)
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
