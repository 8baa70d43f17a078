// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

@testable import ContainerKit

/// A root filesystem of busybox and a few accounts, in a temporary directory that goes with it.
final class TestRootFilesystem: Sendable {
    let directory: FilePath
    var path: FilePath { directory.appending("rootfs") }

    init() throws {
        var template = Array("/tmp/nestbox-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        directory = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
        for name in ["rootfs", "rootfs/bin", "rootfs/etc", "rootfs/tmp", "rootfs/root", "rootfs/home", "upper", "work"]
        {
            mkdir(directory.appending(name).string, 0o755)
        }
        chmod(directory.string, 0o755)
        chmod(path.appending("tmp").string, 0o1777)
        try Self.copy(Machine.busybox ?? "", to: path.appending("bin/busybox"))
        for tool in Self.tools { symlink("busybox", path.appending("bin/" + tool).string) }
        try write("root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1001:Alice:/home/alice:/bin/sh\n", to: "etc/passwd")
        try write("root:x:0:\nusers:x:100:alice\nalice:x:1001:\nwheel:x:10:root,alice\n", to: "etc/group")
    }

    deinit {
        _ = try? Shell.run(["rm", "-rf", directory.string])
    }

    private static let tools = [
        "sh", "cat", "echo", "true", "false", "id", "ls", "sleep", "mount", "hostname", "pwd", "env", "kill", "stat",
        "mknod", "head", "wc", "grep", "yes", "mkdir", "ln", "ps", "dd", "touch", "test", "readlink", "umask", "nc",
        "ip", "ifconfig", "chmod", "dnsdomainname", "seq", "setsid", "printf", "rm", "cut", "tr", "sort", "umount",
        "unshare", "stty", "tty", "ionice", "uname", "ulimit", "tail", "find", "date", "sed", "awk",
    ]

    func write(_ text: String, to name: String, mode: mode_t = 0o644) throws {
        let file = try FileDescriptor.open(
            path.appending(name),
            .writeOnly,
            options: [.create, .truncate],
            permissions: FilePermissions(rawValue: CModeT(mode))
        )
        try file.closeAfter { _ = try file.writeAll(text.utf8) }
        chmod(path.appending(name).string, mode)
    }

    private static func copy(_ from: String, to: FilePath) throws {
        try Shell.run(["cp", from, to.string])
        chmod(to.string, 0o755)
    }

    /// A container on a copy-on-write view of this root filesystem, whose output is streamed.
    func configuration(_ arguments: [String]) -> ContainerConfiguration {
        var process = ProcessConfiguration(arguments, output: .stream, error: .stream)
        process.environment = ["PATH=/bin"]
        return ContainerConfiguration(
            rootFilesystem: .overlay(
                layers: [path],
                writable: .init(upper: directory.appending("upper"), work: directory.appending("work"))
            ),
            process: process
        )
    }

    func shell(_ script: String) -> ContainerConfiguration {
        configuration(["/bin/sh", "-c", script])
    }
}
