// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Glibc
import SystemPackage

/// A directory that stands for a v2 mount: when a group is to be made in it, its interface files come into being, as the
/// kernel would make them.
final class RecordedUnifiedMount: Sendable {
    let path: FilePath

    private static let files = [
        "cgroup.controllers": "cpuset cpu io memory pids\n", "cgroup.subtree_control": "", "cgroup.procs": "",
        "cgroup.kill": "", "cgroup.freeze": "0\n", "cgroup.events": "populated 0\nfrozen 0\n",
        "cpu.stat": "usage_usec 0\n", "cpu.weight": "100\n", "cpu.max": "max 100000\n", "cpu.max.burst": "0\n",
        "cpuset.cpus": "", "cpuset.mems": "", "memory.max": "max\n", "memory.swap.max": "max\n", "memory.low": "0\n",
        "pids.max": "max\n",
    ]

    init() throws {
        path = FilePath("/tmp/nestbox-cgroup2-\(getpid())-\(UInt64.random(in: .min ... .max))")
        guard mkdir(path.string, 0o700) == 0 else { throw Errno(rawValue: errno) }
        try populate(path)
    }

    deinit { Self.remove(path.string) }

    /// A layout that has only this mount.
    func layout(ownGroup: String) -> CgroupLayout {
        CgroupLayout(
            mountInfo: Array("9 1 0:9 / \(path) rw,relatime - cgroup2 cgroup2 rw".utf8),
            processCgroup: Array("0::\(ownGroup)".utf8)
        )
    }

    /// Stands in for the kernel.
    ///
    /// Making a directory is left to the code under test, so its files are made when the code
    /// first opens something in it. A write replaces the whole value, as in the kernel and unlike in a real file.
    var hook: CgroupHook {
        { operation, path in
            let group =
                operation == "write" || path.lastComponent?.string.contains(".") == true
                ? path.removingLastComponent() : path
            if operation == "open" { try self.populate(group) }
            if operation == "write" { truncate(path.string, 0) }
        }
    }

    func makeGroup(_ name: String) throws {
        guard mkdir(path.appending(name).string, 0o700) == 0 else { throw Errno(rawValue: errno) }
        try populate(path.appending(name))
    }

    private func populate(_ group: FilePath) throws {
        guard group.starts(with: path) else { return }
        for (name, content) in Self.files where access(group.appending(name).string, F_OK) != 0 {
            let file = try FileDescriptor.open(
                group.appending(name),
                .writeOnly,
                options: .create,
                permissions: .ownerReadWrite
            )
            try file.closeAfter { _ = try file.writeAll(content.utf8) }
        }
    }

    private static func remove(_ path: String) {
        guard let stream = opendir(path) else { return }
        defer {
            closedir(stream)
            rmdir(path)
        }
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            if entry.pointee.d_type == DT_DIR { remove(path + "/" + name) } else { unlink(path + "/" + name) }
        }
    }
}
