// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// The group that stops a container's processes: v2's own, or one of v1's freezer.
struct CgroupFreezer {
    /// The directory that the group is in.
    let directory: CgroupDirectory
    /// The group's name there.
    let name: String
    let isUnified: Bool

    private var file: String { name + (isUnified ? "/cgroup.freeze" : "/freezer.state") }

    /// Whether the processes are stopped, or are being stopped.
    var isFreezing: Bool {
        get throws {
            let text = try directory.read(file).trimmed
            return isUnified ? text == "1" : text != "THAWED"
        }
    }

    /// Stops the processes or lets them run on, and waits until all do.
    ///
    /// - Throws: ``ContainerError`` if they do not within 2 s; then all run again.
    func set(_ frozen: Bool) throws {
        let values = isUnified ? ["0", "1"] : ["THAWED", "FROZEN"]
        var backoff = CgroupBackoff()
        repeat {
            // v1 may have to be told again: a task that forks at that moment keeps the group at FREEZING.
            try directory.write(values[frozen ? 1 : 0], to: file)
            if try isFrozen() == frozen { return }
        } while backoff.pause()
        if frozen { try? directory.write(values[0], to: file) }
        throw ContainerError(
            .cgroup,
            frozen ? "the container could not be paused: a process hangs in the kernel" : "the container stays paused",
            operation: frozen ? "freeze" : "thaw",
            path: directory.path.pushing(FilePath(file)),
            errno: .resourceBusy
        )
    }

    private func isFrozen() throws -> Bool {
        if isUnified { return CgroupValues(try directory.read(name + "/cgroup.events"))["frozen"] == 1 }
        return try directory.read(file).trimmed == "FROZEN"
    }

    static let missing = ContainerError(
        .unsupported,
        "pausing needs the freezer: cgroup v1's, or v2 of Linux 5.2 or later"
    )
}
