// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// The archive of a root filesystem of busybox: a shell, a web server that says who it is, and a directory of data.
final class TestArchive: Sendable {
    let directory: TemporaryDirectory
    var path: FilePath { directory.path.appending("rootfs.tar") }

    init() throws {
        directory = try TemporaryDirectory()
        for name in ["r", "r/bin", "r/etc", "r/tmp", "r/root", "r/data", "r/www", "r/www/cgi-bin"] {
            mkdir(directory.path.appending(name).string, 0o755)
        }
        try Shell.run(["cp", Machine.busybox ?? "", directory.path.appending("r/bin/busybox").string])
        for tool in Self.tools { symlink("busybox", directory.path.appending("r/bin/" + tool).string) }
        try directory.write("root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000::/:/bin/sh\n", to: "r/etc/passwd")
        try directory.write("root:x:0:\nalice:x:1000:\n", to: "r/etc/group")
        try directory.write("from the image\n", to: "r/data/seed")
        try directory.write("#!/bin/sh\necho\nhostname\n", to: "r/www/cgi-bin/who", mode: 0o755)
        // A static program can't ask the C library for names, and its wget dies of trying; nslookup and nc don't ask it.
        try directory.write(
            #"""
            #!/bin/sh
            case "$1" in
            *:*) address=$1 ;;
            *[!0-9.]*) address=$(nslookup -type=a "$1" | awk '/^Address:/ { last = $2 } END { print last }') ;;
            *) address=$1 ;;
            esac
            printf 'GET %s HTTP/1.0\r\n\r\n' "$2" | nc -w 5 "$address" "${3:-80}" | awk 'body; /^\r?$/ { body = 1 }'

            """#,
            to: "r/bin/fetch",
            mode: 0o755
        )
        let root = directory.path.appending("r").string
        let finished = try Shell.run(["tar", "-C", root, "-cf", path.string, "."])
        guard finished.status == 0 else { throw Shell.Failure(arguments: ["tar"], reason: finished.error) }
    }

    private static let tools = [
        "sh", "cat", "echo", "true", "false", "id", "ls", "sleep", "hostname", "pwd", "env", "kill", "httpd", "head",
        "yes", "mkdir", "touch", "test", "printf", "rm", "seq", "stat", "grep", "nslookup", "nc", "ip", "wc",
        "mount", "dd", "awk", "tr", "cut", "ln", "chmod", "readlink", "stty",
    ]
}
