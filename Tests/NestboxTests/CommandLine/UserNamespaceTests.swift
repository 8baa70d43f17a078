// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage
import Testing

@Suite("A store in a user namespace", .runsTool, .needsTools("python3", "tar"))
struct UserNamespaceTests {
    /// Runs a program as root of a user namespace whose numbers begin with the host's 100000.
    private static let runMapped = """
        import ctypes, os, sys
        ready, go = os.pipe(), os.pipe()
        pid = os.fork()
        if pid == 0:
            if ctypes.CDLL(None).unshare(0x10000000) != 0:
                os._exit(99)
            os.write(ready[1], b"x")
            os.read(go[0], 1)
            os.setgroups([])
            os.setgid(0)
            os.setuid(0)
            os.execvp(sys.argv[1], sys.argv[1:])
        os.read(ready[0], 1)
        for name in ["uid_map", "gid_map"]:
            with open(f"/proc/{pid}/{name}", "w") as file:
                file.write("0 100000 65536")
        os.write(go[1], b"x")
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        """

    @Test("unpacks files with the owners that the namespace maps, and leaves out devices, which it can't make")
    func owners() throws {
        let tool = try Tool()
        let directory = tool.directory.path
        let script = """
            set -e
            cd "$1"
            mkdir tree mapped
            echo x > tree/nestbox-owned
            echo x > tree/nestbox-roots
            chmod 4755 tree/nestbox-roots
            ln -s nowhere tree/nestbox-link
            mknod tree/nestbox-device c 1 3
            chown -h 1000:1001 tree/nestbox-owned tree/nestbox-link
            tar --numeric-owner -C tree -cf archive.tar .
            chown 100000:100000 mapped
            chmod 755 . mapped
            chmod 644 archive.tar
            """
        #expect(try Shell.run(["sh", "-c", script, "sh", directory.string]).status == 0)
        let imported = try Shell.run([
            "python3", "-c", Self.runMapped, tool.path.string, "import", "--root", directory.appending("mapped").string,
            directory.appending("archive.tar").string, "mapped",
        ])
        #expect(imported.status == 0, "\(imported.error)")
        let list = "find \"$1\" -name 'nestbox-*' -printf '%f %U:%G %m\\n' | sort"
        let found = try Shell.run(["sh", "-c", list, "sh", directory.appending("mapped").string]).lines
        #expect(
            found == [
                "nestbox-link 101000:101001 777", "nestbox-owned 101000:101001 644", "nestbox-roots 100000:100000 4755",
            ]
        )
    }
}
