// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import OCIRuntime

/// Mounts of the host that these tests need are made in a mount namespace of their own, in which the runtime then runs;
/// they go with it.
@Suite("Each mount option of the specification has its effect, seen from inside", .runsContainers)
struct MountOptionTests {
    /// Tells the options of `/o` and of what is below: first the mount's own, then all.
    private static let look = "grep ' /o\\(/below\\)\\? ' /proc/self/mounts | busybox cut -d' ' -f4"
    /// Tells how they spread: the first optional field.
    private static let spread =
        "while read a b c d e f g h; do case $e in $0) echo ${g%%:*};; esac; done < /proc/self/mountinfo"

    private func words(_ line: String) -> [String] {
        line.split(separator: ",").map(String.init)
    }

    private func fresh(_ options: [String]) throws -> [String] {
        let bundle = try Bundle()
        let list = JSONValue.strings(options).description
        let mount = #"{"destination":"/o","type":"tmpfs","source":"tmpfs","options":\#(list)}"#
        let result = try bundle.run(Self.look, changed: #"{"mounts+":[\#(mount)]}"#)
        #expect(result.status == 0, "\(result)")
        return words(result.output.split(separator: "\n").first.map(String.init) ?? "")
    }

    @Test(
        "what forbids something, or says how access and changes are kept",
        arguments: [
            "ro", "nosuid", "nodev", "noexec", "noatime", "nodiratime", "nosymfollow", "sync", "dirsync", "lazytime",
        ]
    )
    func set(option: String) throws {
        #expect(try !fresh([]).contains(option))
        #expect(try fresh([option]).contains(option))
    }

    @Test(
        "a later word takes an earlier one back",
        arguments: [
            ("ro", "rw"), ("nosuid", "suid"), ("nodev", "dev"), ("noexec", "exec"), ("noatime", "atime"),
            ("nodiratime", "diratime"), ("nosymfollow", "symfollow"), ("sync", "async"), ("lazytime", "nolazytime"),
            ("ro", "defaults,rw"),
        ]
    )
    func takenBack(option: String, opposite: String) throws {
        #expect(try !fresh([option] + words(opposite)).contains(option))
    }

    @Test(
        "access times: the usual way, strictly, or not at all",
        arguments: [
            ("relatime", true), ("nostrictatime", true), ("atime", true), ("strictatime", false), ("norelatime", false),
        ]
    )
    func accessTimes(option: String, isUsual: Bool) throws {
        let seen = try fresh(["noatime", option])
        #expect(!seen.contains("noatime") && seen.contains("relatime") == isUsual, "\(seen)")
    }

    /// Binds a tree with another mount below it, and tells what a script says of both.
    private func bound(_ options: [String], _ script: String, made: String = "", more: String = "") throws -> [String] {
        let bundle = try Bundle()
        let tree = bundle.directory.appending("tree").string
        let list = JSONValue.strings(options).description
        let mount = #"{"destination":"/o","type":"bind","source":"\#(tree)","options":\#(list)\#(more)}"#
        let result = try bundle.run(
            script,
            changed: #"{"mounts+":[\#(mount)]}"#,
            after: """
                mkdir -p \(tree) && mount -t tmpfs top \(tree) && touch \(tree)/file && mkdir \(tree)/below \
                && mount -t tmpfs low \(tree)/below && touch \(tree)/below/file \(made.replacing("TREE", with: tree))
                """
        )
        #expect(result.status == 0, "\(result)")
        return result.output.split(separator: "\n").map(String.init)
    }

    @Test(
        "with an r before it, one is for all that is mounted below, too",
        arguments: ["ro", "nosuid", "nodev", "noexec", "noatime", "nodiratime", "nosymfollow"]
    )
    func recursive(option: String) throws {
        let alone = try bound(["rbind", option], Self.look).map { words($0).contains(option) }
        #expect(alone == [true, false])
        let all = try bound(["rbind", "r" + option], Self.look).map { words($0).contains(option) }
        #expect(all == [true, true])
    }

    @Test(
        "and so are the opposites",
        arguments: [
            ("ro", "rrw"), ("nosuid", "rsuid"), ("nodev", "rdev"), ("noexec", "rexec"), ("noatime", "ratime"),
            ("noatime", "rrelatime"), ("noatime", "rnostrictatime"), ("noatime", "rstrictatime"),
            ("noatime", "rnorelatime"), ("nodiratime", "rdiratime"), ("nosymfollow", "rsymfollow"),
        ]
    )
    func recursiveOpposites(option: String, opposite: String) throws {
        #expect(try bound(["rbind", "r" + option], Self.look).allSatisfy { words($0).contains(option) })
        let seen = try bound(["rbind", "r" + option, opposite], Self.look)
        #expect(seen.count == 2 && !seen.contains { words($0).contains(option) }, "\(seen)")
        if opposite == "rstrictatime" || opposite == "rnorelatime" {
            #expect(!seen.contains { words($0).contains("relatime") }, "\(seen)")
        }
    }

    @Test("mounts are made in the order listed, a relative destination is taken from the root")
    func order() throws {
        func mount(_ place: String, _ mode: String) -> String {
            #"{"destination":"\#(place)","type":"tmpfs","source":"tmpfs","options":["mode=\#(mode)"]}"#
        }
        let list = [mount("o", "0700"), mount("/o", "0711"), mount("/o/in", "0750")].joined(separator: ",")
        let result = try Bundle().run("busybox stat -c %a /o /o/in", changed: #"{"mounts+":[\#(list)]}"#)
        #expect(result.output == "711\n750\n", "\(result)")
    }

    @Test("bind leaves out what is mounted below, rbind does not", arguments: [("bind", 1), ("rbind", 2)])
    func binds(option: String, count: Int) throws {
        #expect(try bound([option], Self.look).count == count)
    }

    @Test(
        "how changes spread, of the mount alone or of all below",
        arguments: [("private", "-"), ("slave", "master"), ("shared", "shared"), ("unbindable", "unbindable")]
    )
    func propagation(option: String, field: String) throws {
        let script = Self.spread.replacing("$0", with: "/o*")
        let made = "&& mount --make-rshared TREE"
        #expect(try bound(["rbind", option], script, made: made).first == field)
        #expect(try bound(["rbind", "r" + option], script, made: made) == [field, field])
    }

    @Test(
        "linux.rootfsPropagation: each way, of a root filesystem that is shared on the host",
        arguments: [("private", "-"), ("slave", "master"), ("shared", "shared"), ("unbindable", "unbindable")]
    )
    func rootPropagation(value: String, field: String) throws {
        let bundle = try Bundle()
        let root = bundle.path + "/rootfs"
        let result = try bundle.run(
            Self.spread.replacing("$0", with: "/"),
            changed: #"{"linux":{"rootfsPropagation":"\#(value)"}}"#,
            after: "mount --bind \(root) \(root) && mount --make-shared \(root)"
        )
        #expect(result.output == field + "\n", "\(result)")
    }

    @Test("idmap is of the mount alone, ridmap of all below", arguments: [("idmap", "0"), ("ridmap", "1000")])
    func maps(option: String, below: String) throws {
        let map = #"[{"containerID":0,"hostID":1000,"size":1}]"#
        let seen = try bound(
            ["rbind", option],
            "busybox stat -c %u /o/file /o/below/file",
            more: #","uidMappings":\#(map),"gidMappings":\#(map)"#
        )
        #expect(seen == ["1000", below])
    }

    @Test("idmap without a map takes that of the container's own users")
    func ownMap() throws {
        let bundle = try Bundle()
        let map = #"[{"containerID":0,"hostID":0,"size":70000}]"#
        let users = #""namespaces+":[{"type":"user"}],"uidMappings":\#(map),"gidMappings":\#(map)"#
        let mount = #"{"destination":"/o","type":"bind","source":"rootfs/etc","options":["bind","idmap"]}"#
        let result = try bundle.run(
            "grep -c ' /o .*idmapped' /proc/self/mounts",
            changed: #"{"mounts+":[\#(mount)],"linux":{\#(users)}}"#
        )
        #expect(result.output == "1\n", "\(result)")
    }

    @Test("remount changes what the words say of the mount that is there, and leaves all else as it was")
    func remount() throws {
        func remounted(_ options: [String]) throws -> [[String]] {
            func mount(_ place: String, _ options: [String]) -> String {
                #"{"destination":"\#(place)","type":"tmpfs","source":"tmpfs","options":\#(JSONValue.strings(options))}"#
            }
            let before = [mount("/o", ["nosuid", "noexec", "size=1m"]), mount("/o/below", ["nodev"])]
            let list = (before + [mount("/o", ["remount"] + options)]).joined(separator: ",")
            let result = try Bundle().run(Self.look, changed: #"{"mounts+":[\#(list)]}"#)
            #expect(result.status == 0, "\(result)")
            return result.output.split(separator: "\n").map { words(String($0)) }
        }
        let untouched = try remounted([])
        try #require(untouched.count == 2)
        #expect(untouched[0].contains("rw") && untouched[0].contains("noexec"))
        for more in [[], ["bind"], ["rw", "ro"]] {
            let seen = try remounted(["ro", "exec"] + more)
            try #require(seen.count == 2, "nothing is mounted on top")
            #expect(seen[0].contains("ro") && seen[0].contains("nosuid") && seen[0].contains("size=1024k"), "\(seen)")
            #expect(!seen[0].contains("noexec"), "\(seen)")
            #expect(seen[1] == untouched[1])
        }
        let all = try remounted(["rro"])
        #expect(all.count == 2 && all.allSatisfy { $0.contains("ro") }, "\(all)")
    }

    @Test("remount of the root: nothing can be written any more")
    func remountedRoot() throws {
        let change = #"{"mounts+":[{"destination":"/","options":["remount","ro"]}]}"#
        let result = try Bundle().run("(true > /tmp/new) 2> /dev/null && echo written || echo refused", changed: change)
        #expect(result.output == "refused\n", "\(result)")
    }

    @Test("remount never leaves the root: a link that leads out is refused, one inside is followed in the root")
    func remountedLinks() throws {
        let bundle = try Bundle()
        let outside = bundle.directory.appending("outside").string
        symlink(outside, bundle.path + "/rootfs/out")
        symlink("/", bundle.path + "/rootfs/top")
        func mount(_ place: String, _ more: String) -> String {
            #"{"mounts+":[{"destination":"/o","type":"tmpfs","source":"tmpfs"},{"destination":"\#(place)",\#(more)}]}"#
        }
        let setup = "mkdir -p \(outside) && mount -t tmpfs tmpfs \(outside)"
        let refused = try bundle.run(
            "echo ran",
            changed: mount("/out", #""options":["remount","ro"]"#),
            after: setup
        )
        #expect(refused.status == 1 && refused.output.isEmpty && refused.error.contains("leads out"), "\(refused)")
        let inside = try bundle.run(Self.look, changed: mount("/top/o", #""options":["remount","ro"]"#), after: setup)
        #expect(words(inside.output).contains("ro"), "\(inside)")
    }

    @Test(
        "a mount of control groups has what is said of it, in all its parts",
        arguments: [
            ("noatime", "relatime"), ("nodiratime", "diratime"), ("nosymfollow", "symfollow"), ("ro", "rw"),
            ("noexec", "exec"), ("nosuid", "suid"), ("nodev", "dev"),
        ]
    )
    func controlGroups(option: String, opposite: String) throws {
        func seen(_ options: [String]) throws -> [[String]] {
            let list = JSONValue.strings(options).description
            let groups = #"{"destination":"/sys/fs/cgroup","type":"cgroup","source":"cgroup","options":\#(list)}"#
            let result = try Bundle().run(
                "grep ' /sys/fs/cgroup' /proc/self/mounts | busybox cut -d' ' -f4",
                changed: #"{"mounts":[{"destination":"/proc","type":"proc","source":"proc"},\#(groups)]}"#
            )
            #expect(result.status == 0 && !result.output.isEmpty, "\(result)")
            return result.output.split(separator: "\n").map { words(String($0)) }
        }
        for words in [[option], ["r" + option]] { #expect(try seen(words).allSatisfy { $0.contains(option) }) }
        #expect(try seen([option, opposite]).allSatisfy { !$0.contains(option) })
    }

    @Test("a mount of control groups spreads as is said", arguments: [("shared", "shared"), ("private", "-")])
    func spreadOfControlGroups(option: String, field: String) throws {
        let groups = #"{"destination":"/sys/fs/cgroup","type":"cgroup","source":"cgroup","options":["\#(option)"]}"#
        let result = try Bundle().run(
            Self.spread.replacing("$0", with: "/sys/fs/cgroup"),
            changed: #"{"mounts":[{"destination":"/proc","type":"proc","source":"proc"},\#(groups)]}"#
        )
        #expect(result.output == field + "\n", "\(result)")
    }

    @Test(
        "what can't be done is told: a warning names the option",
        arguments: [
            ("tmpfs", "iversion"), ("tmpfs", "mand"), ("bind", "size=1m"), ("bind", "sync"),
            ("bind", "tmpcopyup"),
        ]
    )
    func warned(type: String, option: String) throws {
        let bundle = try Bundle()
        let mount = #"{"destination":"/o","type":"\#(type)","source":"rootfs/etc","options":["\#(option)"]}"#
        let result = try bundle.run("echo ran", changed: #"{"mounts+":[\#(mount)]}"#)
        let word = option.prefix { $0 != "=" }
        #expect(result.output == "ran\n" && result.error.contains("warning: mounts["), "\(result)")
        #expect(result.error.contains("'\(word)'"), "\(result)")
    }
}
