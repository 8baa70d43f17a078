// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

extension Cgroup {
    /// Stops every process of the container where it is, and waits until all are stopped.
    ///
    /// - Throws: ``ContainerError`` if the kernel can't stop one within 2 s; then all run again.
    package func freeze() throws {
        try setFrozen(true)
    }

    /// Lets the processes run on.
    ///
    /// - Throws: ``ContainerError`` if they do not within 2 s.
    package func thaw() throws {
        try setFrozen(false)
    }

    /// Whether the processes are stopped, or are being stopped; `false` where there is no freezer.
    var isFrozen: Bool {
        get throws {
            guard let (member, isUnified) = try freezer() else { return false }
            if isUnified { return try member.directory.read(member.file("cgroup.freeze")).trimmed == "1" }
            return try member.directory.read(member.file("freezer.state")).trimmed != "THAWED"
        }
    }

    private func setFrozen(_ frozen: Bool) throws {
        guard let freezer = try freezer() else {
            throw ContainerError(.unsupported, "pausing needs the freezer: cgroup v1's, or v2 of Linux 5.2 or later")
        }
        let (member, isUnified) = freezer
        let file = member.file(isUnified ? "cgroup.freeze" : "freezer.state")
        let values = isUnified ? ["0", "1"] : ["THAWED", "FROZEN"]
        var backoff = CgroupBackoff()
        repeat {
            // v1 may have to be told again: a task that forks at that moment keeps the group at FREEZING.
            try member.directory.write(values[frozen ? 1 : 0], to: file)
            if try isFrozen(member, isUnified) == frozen { return }
        } while backoff.pause()
        if frozen { try? member.directory.write(values[0], to: file) }
        throw ContainerError(
            .cgroup,
            frozen ? "the container could not be paused: a process hangs in the kernel" : "the container stays paused",
            operation: frozen ? "freeze" : "thaw",
            path: member.directory.path.pushing(FilePath(file)),
            errno: .resourceBusy
        )
    }

    private func isFrozen(_ member: Member, _ isUnified: Bool) throws -> Bool {
        if isUnified {
            return CgroupValues(try member.directory.read(member.file("cgroup.events")))["frozen"] == 1
        }
        return try member.directory.read(member.file("freezer.state")).trimmed == "FROZEN"
    }

    private func freezer() throws -> (member: Member, isUnified: Bool)? {
        if let unified, unified.directory.contains(unified.file("cgroup.freeze")) { return (unified, true) }
        return members.first { $0.branch.hierarchy.holds(.freezer) }.map { ($0, false) }
    }
}
