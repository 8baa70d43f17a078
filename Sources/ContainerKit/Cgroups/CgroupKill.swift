// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// Kills every process in a group and in all groups below it.
struct CgroupKill {
    let directory: CgroupDirectory
    let name: String

    /// Kills until nothing is left, 2 s in all.
    ///
    /// v2 does it in one write that no fork can outrun. v1 has no such thing: the group is frozen, so that nothing forks,
    /// all are sent SIGKILL, and it is thawed, since what is frozen does not die; whatever joined meanwhile is caught in
    /// the next round.
    ///
    /// - Returns: How many processes were found, at least; v2 does not tell.
    /// - Throws: ``ContainerError`` if processes are left: they hang in the kernel.
    @discardableResult
    func run() throws -> Int {
        var backoff = CgroupBackoff()
        var found = 0
        repeat {
            let count = try round()
            found = max(found, count)
            if count == 0 { return found }
        } while backoff.pause()
        throw ContainerError(
            .cgroup,
            "processes of the control group do not die; they hang in the kernel",
            operation: "kill",
            path: directory.path.appending(name),
            errno: .resourceBusy
        )
    }

    /// Kills once; how many processes there were.
    private func round() throws -> Int {
        do {
            if directory.contains(name + "/cgroup.kill") {
                guard try isPopulated() else { return 0 }
                try directory.write("1", to: name + "/cgroup.kill")
                return 1
            }
            guard directory.contains(name + "/freezer.state") else { return try signalAll() }
            let isEmpty = try processes(in: name).isEmpty
            if isEmpty { return 0 }
            try directory.write("FROZEN", to: name + "/freezer.state")
            defer { try? directory.write("THAWED", to: name + "/freezer.state") }
            return try signalAll()
        } catch let error as ContainerError where error.isGone {
            return 0
        }
    }

    private func isPopulated() throws -> Bool {
        CgroupValues(try directory.read(name + "/cgroup.events"))["populated"] != 0
    }

    private func signalAll() throws -> Int {
        let all = try processes(in: name)
        for process in all { _ = Glibc.kill(process, SIGKILL) }
        return all.count
    }

    /// The processes of a group and of all below it; those of a pid namespace that is not below ours have no number
    /// here, the kernel shows 0, and signalling 0 would hit ourselves.
    private func processes(in name: String) throws -> [pid_t] {
        do {
            var all = try directory.read(name + "/cgroup.procs")
                .split(separator: "\n").compactMap { pid_t($0) }.filter { $0 > 0 }
            for child in try directory.groups(in: name) { all += try processes(in: name + "/" + child) }
            return all
        } catch let error as ContainerError where error.isGone {
            return []
        }
    }
}

extension ContainerError {
    /// Whether a group vanished under the operation: `ENODEV` is what an open file of a removed group answers.
    var isGone: Bool { errno == .noSuchFileOrDirectory || errno == Errno(rawValue: ENODEV) }
}
