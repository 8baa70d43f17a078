// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Synchronization
internal import SystemPackage

extension Cgroup {
    /// Changes limits while the container runs; those that are `nil` stay.
    ///
    /// - Parameter resources: The new limits.
    /// - Throws: ``ContainerError``: `invalidConfiguration` if the old and new limits together contradict each other,
    ///   `unsupported` for what this machine or these groups lack, before anything is written; else `cgroup`. Limits
    ///   written before the one that the kernel refused stay in force.
    package func update(_ resources: Resources) throws {
        try limits.withLock { limits in
            let writes = try resources.writes(replacing: limits, on: tree.version(of:))
            try requireMembers(for: writes.map(\.controller))
            if resources.memory.checkBeforeUpdate, let limit = resources.memory.limit?.value {
                try refuse(limit, below: try usage().memory.used)
            }
            for write in writes { try member(write.controller)?.passDown(for: write) }
            for write in writes { try requireFile(for: write) }
            try apply(writes)
            if let devices = resources.devices { try setDevices(devices) }
            limits = limits.merging(resources)
        }
    }

    /// Writes values to the groups' interface files.
    func apply(_ writes: [CgroupWrite]) throws {
        for write in writes {
            guard let member = member(write.controller) else {
                throw ContainerError(
                    .unsupported,
                    "the container was made without a \(write.controller.rawValue) control group, so \(write.file) can't"
                        + " be set later"
                )
            }
            if let companion = write.companion, member.directory.contains(member.file(companion)) {
                try member.directory.write(write.value, to: member.file(companion))
            }
            if let other = write.alternative, !member.directory.contains(member.file(write.file)) {
                try member.directory.write(other.value, to: member.file(other.file))
            } else {
                try member.directory.write(write.value, to: member.file(write.file))
            }
        }
    }

    /// A group in another hierarchy can't take a controller's limits: it has none of its files.
    private func requireMembers(for controllers: [CgroupController]) throws(ContainerError) {
        for controller in controllers {
            let isThere =
                switch tree.version(of: controller) {
                case .v1: members.contains { $0.branch.hierarchy.holds(controller) }
                case .v2: unified != nil
                }
            if isThere { continue }
            throw ContainerError(
                .unsupported,
                "the container was made without a \(controller.rawValue) control group, so its limits can't be changed:"
                    + " nothing has been"
            )
        }
    }

    private func requireFile(for write: CgroupWrite) throws(ContainerError) {
        guard let member = member(write.controller) else { return }
        let files = [write.file] + (write.alternative.map { [$0.file] } ?? [])
        if files.contains(where: { member.directory.contains(member.file($0)) }) { return }
        throw ContainerError(
            .unsupported,
            "this kernel's control groups have no \(write.file), so no limit has been changed",
            operation: "open",
            path: member.directory.path.appending(member.name).appending(write.file),
            errno: .noSuchFileOrDirectory
        )
    }

    private func refuse(_ limit: Int64, below used: UInt64?) throws {
        guard let used, used > UInt64(clamping: limit) else { return }
        throw ContainerError(
            .invalidConfiguration,
            "the container uses \(used) bytes of memory: the new limit of \(limit) bytes is below that"
        )
    }
}

extension Cgroup.Member {
    /// v2: has the groups above pass on a controller whose file is missing since nothing has asked for it before.
    ///
    /// - Throws: ``ContainerError`` if the kernel refuses it to one that has the controller.
    fileprivate func passDown(for write: CgroupWrite) throws {
        guard branch.isUnified, !directory.contains(file(write.file)) else { return }
        let top = branch.hierarchy.mountPoint
        var above = try CgroupDirectory(opening: top, hook: directory.hook)
        for component in directory.path.components.dropFirst(top.components.count) {
            // What is above this process's own part is not ours to change, and need not be.
            _ = try? above.enable([write.controller])
            above = try above.subdirectory(component.string)
        }
        _ = try directory.enable([write.controller])
    }
}
