// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Glibc
import Synchronization
import SystemPackage
import Testing

extension Trait where Self == ConditionTrait {
    /// Root on a machine with cgroup v1 controllers, which is where these tests make real groups.
    static var realControlGroups: Self {
        .enabled("needs root and cgroup v1 controllers; the v2 half runs in the VM") {
            try geteuid() == 0 && CgroupLayout.current().legacy(.memory) != nil
        }
    }
}

/// A parent group of its own for one test, in every hierarchy, which is gone when the test ends.
final class CgroupSandbox {
    let layout: CgroupLayout
    let parentPath: CgroupPath
    private var processes: [pid_t] = []
    private var trees: [Weak] = []

    /// Holds no tree alive, since a dropped tree is what a dead runtime is to others.
    private struct Weak {
        weak var tree: CgroupTree?
    }

    /// Creates a sandbox.
    ///
    /// - Parameter legacyOnly: Whether to hide the v2 hierarchy, as on a host without one.
    /// - Throws: ``ContainerError`` if the layout can't be read.
    init(legacyOnly: Bool = false) throws {
        var layout = try CgroupLayout.current()
        if legacyOnly { layout.hierarchies.removeAll { $0.version == .v2 } }
        self.layout = layout
        parentPath = try CgroupPath("nestbox/test-\(getpid())-\(UInt32.random(in: 0 ... .max))")
    }

    deinit {
        for process in processes {
            kill(process, SIGKILL)
            waitpid(process, nil, 0)
        }
        for weak in trees { try? weak.tree?.close() }
        // Whatever a failed test left: a tree that finds its runtime dead kills and removes it.
        guard let tree = try? CgroupTree(layout: layout, parentPath: parentPath) else { return }
        _ = tree.sweep()
        try? tree.close()
        // Groups that were made on the way to a path and are still shared when their maker goes.
        for directory in leftovers().reversed() { rmdir(directory) }
    }

    func tree(hook: CgroupHook? = nil) throws -> CgroupTree {
        let tree = try CgroupTree(layout: layout, parentPath: parentPath, hook: hook)
        trees.append(Weak(tree: tree))
        return tree
    }

    /// The directories that exist below the sandbox's parent in all hierarchies.
    func leftovers() -> [String] {
        layout.hierarchies.flatMap { hierarchy in
            Self.directories(in: hierarchy.mountPoint.string + "/" + parentPath.description)
        }
    }

    /// Starts a shell that joins the groups through the descriptors, as the launch does, and then runs the script.
    func start(_ script: String, in group: Cgroup) throws -> pid_t {
        let join = try group.openJoin()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var joining = ""
        for (index, tasks) in join.tasks.enumerated() {
            // By way of high numbers, so that no descriptor lands on one that is yet to be moved.
            posix_spawn_file_actions_adddup2(&actions, tasks.descriptor.rawValue, CInt(index + 200))
            joining += "echo 0 >&\(index + 3) || exit 99\n"
        }
        for index in join.tasks.indices {
            posix_spawn_file_actions_adddup2(&actions, CInt(index + 200), CInt(index + 3))
        }
        // A shell can't be cloned into the v2 group, so it moves there.
        for path in group.paths where layout.unified.map({ path.starts(with: $0.mountPoint) }) ?? false {
            joining += "echo 0 > '\(path)/cgroup.procs' || exit 99\n"
        }
        let pid = try spawn(["/bin/sh", "-c", joining + script], &actions)
        processes.append(pid)
        return pid
    }

    /// Waits until the process ends; how, as `waitpid(2)` tells it.
    func wait(for process: pid_t) -> CInt {
        var status: CInt = -1
        waitpid(process, &status, 0)
        processes.removeAll { $0 == process }
        return status
    }

    private func spawn(_ arguments: [String], _ actions: inout posix_spawn_file_actions_t) throws -> pid_t {
        var pid: pid_t = 0
        var argv = arguments.map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        let result = posix_spawn(&pid, arguments[0], &actions, nil, &argv, environ)
        guard result == 0 else { throw Errno(rawValue: result) }
        return pid
    }

    private static func directories(in path: String) -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var found: [String] = [path]
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if entry.pointee.d_type == DT_DIR, name != ".", name != ".." { found += directories(in: path + "/" + name) }
        }
        return found
    }
}

/// The text of a file of the cgroup filesystem, without the newline.
func contents(_ path: FilePath, _ file: String) throws -> String {
    let descriptor = try FileDescriptor.open(path.appending(file), .readOnly)
    return try descriptor.closeAfter {
        let bytes = try [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
            count = try descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
        }
        var text = String(decoding: bytes, as: UTF8.self)
        while text.last == "\n" { text.removeLast() }
        return text
    }
}

/// Waits for what another process brings about; `false` if it does not come within 10 s.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
    for _ in 0..<2_000 {
        if try condition() { return true }
        usleep(5_000)
    }
    return false
}

extension Cgroup {
    /// The directory of the group that a v1 controller is in.
    func directory(_ controller: String) throws -> FilePath {
        try #require(paths.first { $0.string.contains("/\(controller)/") })
    }
}
