// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import OCIRuntime

@Suite("linux.devices: a path outside a fresh /dev, where something may be already", .runsContainers)
struct DeviceFieldTests {
    /// The device of endless zeros.
    private static let zeros = dev_t(1 << 8 | 5)

    private func change(_ node: String, _ more: String = "") -> String {
        #"{"linux":{"devices":[\#(node)]}\#(more)}"#
    }

    private func node(_ path: String, _ more: String = "") -> String {
        #"{"path":"\#(path)","type":"c","major":1,"minor":5\#(more)}"#
    }

    @Test("the node is made with its mode and owner, and found by the next container of the root")
    func made() throws {
        let bundle = try Bundle()
        let all = node("/opt/deep/zeros", #","fileMode":388,"uid":1,"gid":2"#) + #",{"path":"/opt/line","type":"p"}"#
        let look = "busybox stat -c '%F %t:%T %a %u %g' /opt/deep/zeros /opt/line"
        let script = look + "; head -c 3 /opt/deep/zeros | busybox wc -c"
        for _ in 0..<2 {
            let result = try bundle.run(script, changed: change(all), after: "umask 0077")
            #expect(result.output == "character special file 1:5 604 1 2\nfifo 0:0 666 0 0\n3\n", "\(result)")
        }
    }

    @Test("one that is the same device is used, and has the mode and owner that are asked for")
    func same() throws {
        let bundle = try Bundle()
        let path = bundle.path + "/rootfs/etc/zeros"
        #expect(mknod(path, S_IFCHR | 0o604, Self.zeros) == 0 && chmod(path, 0o604) == 0 && chown(path, 3, 4) == 0)
        let script = "busybox stat -c '%t:%T %a %u %g' /etc/zeros; head -c 3 /etc/zeros | busybox wc -c"
        let kept = try bundle.run(script, changed: change(node("/etc/zeros")))
        #expect(kept.output == "1:5 604 3 4\n3\n", "\(kept)")
        let changed = try bundle.run(script, changed: change(node("/etc/zeros", #","fileMode":420,"uid":5"#)))
        #expect(changed.output == "1:5 644 5 0\n3\n", "\(changed)")
        let readOnly = try bundle.run(script, changed: change(node("/etc/zeros"), #","root":{"readonly":true}"#))
        #expect(readOnly.output == "1:5 644 5 0\n3\n", "\(readOnly)")
    }

    @Test(
        "what is something else is an error that says so, and stays",
        arguments: [
            "echo text > zeros", "touch zeros", "mkdir zeros", "mknod zeros c 1 3", "mknod zeros b 1 5",
            "mknod zeros p", "mknod other c 1 5 && ln -s other zeros", "ln -s /nowhere zeros",
        ]
    )
    func different(setup: String) throws {
        let bundle = try Bundle()
        let place = bundle.path + "/rootfs/etc"
        #expect(try Tool.run(["sh", "-c", "cd \(place) && \(setup)"]).status == 0)
        func look() throws -> String { try Tool.run(["stat", "-c", "%F %t:%T %s %i", place + "/zeros"]).output }
        let before = try look()
        let result = try bundle.run("echo ran", changed: change(node("/etc/zeros")))
        #expect(result.status == 1 && result.output.isEmpty, "\(result)")
        #expect(result.error.contains("'/etc/zeros'"), "\(result)")
        #expect(result.error.contains("something else than character device 1:5 is there"), "\(result)")
        #expect(try look() == before)
    }

    @Test("it can be used where what is mounted there refuses devices, and is in what is mounted last")
    func onMount() throws {
        let mount = #"{"destination":"/o","type":"tmpfs","source":"tmpfs","options":["nodev"]}"#
        let result = try Bundle().run(
            "head -c 3 /o/zeros | busybox wc -c",
            changed: change(node("/o/zeros"), #","mounts+":[\#(mount)]"#)
        )
        #expect(result.output == "3\n", "\(result)")
    }

    @Test("without a mount at /dev the root's own gets the default devices and those that are listed")
    func inRoot() throws {
        let bundle = try Bundle()
        let mounts = #"{"mounts":[{"destination":"/proc","type":"proc","source":"proc"}],"#
        let change = mounts + #""linux":{"devices":[\#(node("/dev/zeros", #","fileMode":384"#))]}}"#
        let names = ["full", "null", "random", "tty", "urandom", "zero", "zeros"].map { "/dev/" + $0 }
        let script =
            "busybox stat -c '%n %t:%T %a' \(names.joined(separator: " ")); head -c 3 /dev/zeros | busybox wc -c"
        let wanted = ["1:7 666", "1:3 666", "1:8 666", "5:0 666", "1:9 666", "1:5 666", "1:5 600"]
        let lines = zip(names, wanted).map { "\($0) \($1)\n" }.joined()
        // The second container finds them there.
        for _ in 0..<2 {
            let result = try bundle.run(script, changed: change)
            #expect(result.output == lines + "3\n", "\(result)")
        }
    }

    @Test("a link on the way is followed in the root and never out of it")
    func links() throws {
        let bundle = try Bundle()
        let outside = bundle.directory.appending("outside").string
        mkdir(outside, 0o755)
        symlink(outside, bundle.path + "/rootfs/way")
        let result = try bundle.run("busybox stat -c %t:%T \(outside)/zeros", changed: change(node("/way/zeros")))
        #expect(access(outside + "/zeros", F_OK) != 0)
        // The link dangles in the root: nothing is made through it.
        #expect(result.status == 1 && result.error.contains("'/way/zeros'"), "\(result)")
    }

    @Test("with users of its own the container has the host's node, if that is the device")
    func boundNode() throws {
        let bundle = try Bundle()
        let path = bundle.directory.appending("zeros").string
        let inside = bundle.path + "/rootfs" + path
        #expect(mknod(path, S_IFCHR | 0o666, Self.zeros) == 0 && chmod(path, 0o666) == 0)
        let maps = #"[{"containerID":0,"hostID":0,"size":1000}]"#
        let users = #""namespaces+":[{"type":"user"}],"uidMappings":\#(maps),"gidMappings":\#(maps)"#
        func run() throws -> Tool.Result {
            let change = #"{"linux":{\#(users),"devices":[\#(node(path))]}}"#
            return try bundle.run("busybox stat -c '%F %t:%T' \(path)", changed: change)
        }
        // The second time, the empty file is there that the first one was mounted onto.
        for _ in 0..<2 {
            let result = try run()
            #expect(result.output == "character special file 1:5\n", "\(result)")
        }
        try StateFile.write("text\n".utf8, to: FilePath(inside))
        let covering = try run()
        #expect(covering.status == 1 && covering.error.contains("something else"), "\(covering)")
        #expect(unlink(inside) == 0 && unlink(path) == 0 && mknod(path, S_IFCHR | 0o666, dev_t(1 << 8 | 3)) == 0)
        let other = try run()
        #expect(other.status == 1 && other.error.contains("something else than character device 1:5"), "\(other)")
    }
}
