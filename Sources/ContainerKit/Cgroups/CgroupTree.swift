// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization
import SystemPackage

/// The control groups of one runtime, in all hierarchies.
///
/// In each hierarchy it has a group of its own, `nestbox/run-<pid>-<random>`, with one group per container below. The
/// runtime's group is locked (`flock` on its open directory): the kernel drops the lock when the process ends, however
/// it ends, and so any later runtime, in whatever pid namespace, can tell that the groups below are left over. Neither a
/// reused pid nor one of another namespace can mislead it.
package final class CgroupTree: Sendable {
    /// The layout it was opened on.
    package let layout: CgroupLayout

    let parentPath: CgroupPath
    let hook: CgroupHook?

    /// Whether there are no groups of the runtime's own.
    let isDetached: Bool

    /// The hierarchies that every container is put in.
    let standing: [CgroupBranch]

    /// Why a controller can't be used here.
    let unavailable: [CgroupController: ContainerError]

    /// The hierarchies opened for what only some containers ask for.
    private let demanded = Mutex<[CgroupController: CgroupBranch]>([:])

    init(
        layout: CgroupLayout,
        parentPath: CgroupPath,
        hook: CgroupHook?,
        isDetached: Bool = false,
        standing: [CgroupBranch],
        unavailable: [CgroupController: ContainerError]
    ) {
        self.layout = layout
        self.parentPath = parentPath
        self.hook = hook
        self.isDetached = isDetached
        self.standing = standing
        self.unavailable = unavailable
    }

    /// The generation that a controller belongs to on this machine.
    package func version(of controller: CgroupController) -> CgroupVersion {
        let controller = controller == .io ? .blkio : controller
        return layout.legacy(controller) != nil || layout.mode == .legacy ? .v1 : .v2
    }

    /// The mounted v1 hierarchies and the v2 one that containers get groups in; a container's own cgroup mounts should
    /// show these and no others.
    package var containerHierarchies: [CgroupHierarchy] {
        standing.map(\.hierarchy)
    }

    /// Whether limits of this controller can be set here, as far as is known before it is tried.
    func controls(_ controller: CgroupController) -> Bool {
        if standing.contains(where: { $0.controllers.has(controller) }) { return true }
        guard CgroupNeeds.onDemand.contains(controller), unavailable[controller] == nil else { return false }
        do {
            _ = try demand(controller)
            return true
        } catch {
            return false
        }
    }

    /// The branches for a container with these limits.
    ///
    /// - Throws: ``ContainerError`` that says why, if a limit is asked for whose controller can't be used here.
    func branches(for resources: Resources) throws -> [CgroupBranch] {
        var branches = standing
        for controller in resources.controllers where !branches.contains(where: { $0.controllers.has(controller) }) {
            guard CgroupNeeds.onDemand.contains(controller), unavailable[controller] == nil else {
                throw unavailable[controller].map { $0.withoutDelegation(controller) }
                    ?? ContainerError(.unsupported, "this machine has no \(controller.rawValue) control groups")
            }
            let branch = try demandDelegated(controller)
            // On v2 the branch is the standing one, with one controller more, which groups on the way pass on too.
            if let index = branches.firstIndex(where: { $0.hierarchy == branch.hierarchy }) {
                branches[index] = branches[index].passing(branch.controllers.enabled)
            } else {
                branches.append(branch)
            }
        }
        return branches
    }

    private func demandDelegated(_ controller: CgroupController) throws -> CgroupBranch {
        do {
            return try demand(controller)
        } catch let error as ContainerError {
            throw error.withoutDelegation(controller)
        }
    }

    private func demand(_ asked: CgroupController) throws -> CgroupBranch {
        try demanded.withLock { demanded in
            // The same controller has two names.
            let controller = asked == .blkio && version(of: .blkio) == .v2 ? .io : asked
            if controller == .devices, version(of: .devices) == .v2, let unified = standing.first(where: \.isUnified) {
                // There it is no controller but a program on any group.
                return unified
            }
            if let branch = demanded[controller] { return branch }
            let branch: CgroupBranch
            if version(of: controller) == .v2, let unified = standing.first(where: { $0.hierarchy.version == .v2 }) {
                try unified.enable(controller)
                branch = unified.passing([controller])
            } else if let hierarchy = layout.legacy(controller) {
                branch = try CgroupPlacement(parentPath: parentPath, hook: hook, isDetached: isDetached).branch(
                    in: hierarchy,
                    for: [controller]
                )
            } else {
                throw ContainerError(.unsupported, "this machine has no \(controller.rawValue) control groups")
            }
            demanded[controller] = branch
            return branch
        }
    }

    /// Removes the runtime's own groups.
    ///
    /// Those of containers must be gone before.
    ///
    /// - Throws: ``ContainerError`` for the first group that could not be removed; the others are removed all the same.
    package func close() throws {
        if isDetached { return }
        let extra = demanded.withLock { demanded in demanded.values.filter { $0.hierarchy.version == .v1 } }
        var first: (any Error)?
        for branch in standing + extra {
            do {
                try CgroupRemoval(directory: branch.parent).remove(branch.runName)
            } catch {
                first = first ?? error
            }
            // Other runtimes may use the shared parents; the last one takes them away.
            for depth in stride(from: parentPath.components.count, to: 0, by: -1) {
                branch.anchor.discardGroup(parentPath.components.prefix(depth).joined(separator: "/"))
            }
        }
        if let first { throw first }
    }
}

extension Resources {
    /// The controllers that these limits need.
    var controllers: [CgroupController] {
        var controllers: [CgroupController] = []
        if memory.merging(Memory()) != Memory() { controllers.append(.memory) }
        var bandwidth = cpu
        bandwidth.cpus = nil
        bandwidth.mems = nil
        if bandwidth != CPU() { controllers.append(.cpu) }
        if cpu.cpus != nil || cpu.mems != nil { controllers.append(.cpuset) }
        if pids.limit != nil { controllers.append(.pids) }
        if devices != nil { controllers.append(.devices) }
        return controllers + furtherControllers
    }
}

extension ContainerError {
    /// The kernel's refusal, in words for someone who may not make groups.
    fileprivate func withoutDelegation(_ controller: CgroupController) -> ContainerError {
        guard errno == .permissionDenied || errno == .notPermitted else { return self }
        var error = self
        error.code = .unsupported
        error.message =
            "limits of the \(controller.rawValue) controller can't be set: no control group has been delegated to this user"
            + " (systemd: Delegate=yes, or run it by systemd-run --user --scope -p Delegate=yes)"
        return error
    }
}
