// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import ContainerKit

@Suite("Mount options, seen from inside", .runsContainers)
struct MountFieldTests {
    @Test("read-only may be said of a mount alone or of all below it", .needsRoot)
    func recursive() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let tree = rootFilesystem.directory.appending("tree")
            mkdir(tree.string, 0o755)
            try Shell.run(["mount", "-t", "tmpfs", "nestbox-tree", tree.string])
            defer { _ = try? Shell.run(["umount", "-R", tree.string]) }
            mkdir(tree.appending("below").string, 0o755)
            try Shell.run(["mount", "-t", "tmpfs", "nestbox-below", tree.appending("below").string])
            let script = "touch /tree/a && echo top; touch /tree/below/a && echo below; true"
            for (isRecursive, expected) in [(false, ["below"]), (true, [])] {
                var configuration = rootFilesystem.shell(script)
                configuration.identifier = "nestbox-recursive-\(isRecursive)"
                var mount = Mount.bind(tree, at: "/tree")
                var exact = ExactMountOptions()
                if isRecursive {
                    exact.below.set = MountAttributes.readOnly
                } else {
                    exact.own.set = MountAttributes.readOnly
                }
                mount.exact = exact
                configuration.mounts.append(mount)
                #expect(try await runtime.finish(configuration).lines == expected)
            }
        }
    }

    @Test("memory begins with what the image has in its place", .needsRoot)
    func copyUp() async throws {
        let seen = try await lines(
            of:
                "cat /data/deep/file; stat -c '%u %a' /data/deep/file; readlink /data/link; touch /data/new && ls /data | wc -l"
        ) {
            configuration,
            rootFilesystem in
            try Shell.run(["mkdir", "-p", "\(rootFilesystem.path)/data/deep"])
            try rootFilesystem.write("content\n", to: "data/deep/file", mode: 0o640)
            chown(rootFilesystem.path.appending("data/deep/file").string, 1000, 1001)
            symlink("/etc/passwd", rootFilesystem.path.appending("data/link").string)
            configuration.mounts.append(.temporary(at: "/data", options: [.noSetUserID, .copiesUp]))
        }
        #expect(seen == ["content", "1000 640", "/etc/passwd", "3"])
    }

    @Test("links on a mount may be refused")
    func noLinks() async throws {
        let seen = try await lines(of: "cat /data/link || echo refused") { configuration, rootFilesystem in
            let source = rootFilesystem.directory.appending("links")
            mkdir(source.string, 0o755)
            symlink("/etc/passwd", source.appending("link").string)
            var mount = Mount.bind(source, at: "/data")
            mount.exact = ExactMountOptions()
            mount.exact?.own.set = MountAttributes.noSymbolicLinks
            configuration.mounts.append(mount)
        }
        #expect(seen == ["refused"])
    }

    @Test("access times are kept as asked, also on a bind mount", .needsRoot)
    func accessTimes() async throws {
        let seen = try await lines(of: "grep ' /data ' /proc/self/mountinfo | grep -c noatime") {
            configuration,
            rootFilesystem in
            configuration.mounts.append(.bind(rootFilesystem.directory, at: "/data", options: .noAccessTime))
        }
        #expect(seen == ["1"])
    }

    @Test("the container's root is not of the host's peer group: nothing mounted in it appears outside", .needsRoot)
    func propagation() async throws {
        try await withRuntime { runtime, rootFilesystem in
            let tree = rootFilesystem.directory.appending("shared")
            mkdir(tree.string, 0o755)
            try Shell.run(["mount", "-t", "tmpfs", "nestbox-shared", tree.string])
            defer { _ = try? Shell.run(["umount", "-R", tree.string]) }
            try Shell.run(["mount", "--make-shared", tree.string])
            try Shell.run(["cp", "-a", "\(rootFilesystem.path)/.", tree.string])
            var configuration = rootFilesystem.shell("grep -c shared: /proc/self/mountinfo; sleep 1000")
            configuration.rootFilesystem = .directory(tree)
            let container = try await runtime.run(configuration)
            var lines = container.standardOutput.lines.makeAsyncIterator()
            #expect(try await lines.next() == "0")
            let mounts = try FileDescriptor.text("/proc/self/mountinfo").split(separator: "\n")
            #expect(mounts.filter { $0.contains(tree.string) }.count == 1)
            try await container.kill()
            try await container.delete()
        }
    }

    @Test("a device that is made for the container can be used, on a filesystem where others can't be", .needsRoot)
    func madeDevice() async throws {
        let script =
            "stat -c '%t:%T %a' /dev/nest/zero; head -c 3 /dev/nest/zero | wc -c; mknod /dev/own c 1 5 && head -c 1 /dev/own || echo refused"
        let seen = try await lines(of: script) { configuration, _ in
            configuration.devices.append(
                .make(.character, major: 1, minor: 5, at: "/dev/nest/zero", mode: .ownerReadWrite)
            )
        }
        #expect(seen == ["1:5 600", "3", "refused"])
    }
}
