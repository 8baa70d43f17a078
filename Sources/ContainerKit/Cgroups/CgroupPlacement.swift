// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// Makes a runtime's own group in a hierarchy: beneath the top if that is allowed, else beneath this process's group.
struct CgroupPlacement {
    let parentPath: CgroupPath
    let hook: CgroupHook?
    /// Whether no groups of the runtime's own are made.
    var isDetached = false

    /// The runtime's part of a hierarchy.
    ///
    /// - Parameters:
    ///   - hierarchy: Where.
    ///   - wanted: The controllers that groups should be under, as far as the hierarchy has them.
    /// - Returns: The groups made there, the runtime's own locked.
    /// - Throws: ``ContainerError`` of the last place that was tried.
    func branch(in hierarchy: CgroupHierarchy, for wanted: [CgroupController]) throws -> CgroupBranch {
        let top = FilePath()
        let anchors = [top] + (hierarchy.ownGroup.map { $0.isEmpty ? [] : [$0] } ?? [])
        var refusal: any Error = Self.readOnly(hierarchy)
        guard !hierarchy.isReadOnly else { throw refusal }
        for anchor in anchors {
            // Another runtime that ends may remove the shared parent between our mkdir and the next: then once more.
            for _ in 0..<4 {
                do {
                    return try branch(in: hierarchy, beneath: hierarchy.mountPoint.pushing(anchor), for: wanted)
                } catch let error as ContainerError where error.isRefusal {
                    refusal = error
                    if error.errno != .noSuchFileOrDirectory { break }
                }
            }
        }
        throw refusal
    }

    private func branch(
        in hierarchy: CgroupHierarchy,
        beneath anchorPath: FilePath,
        for wanted: [CgroupController]
    ) throws -> CgroupBranch {
        let anchor = try CgroupDirectory(opening: anchorPath, hook: hook)
        var controllers = try anchor.delegate(wanted, in: hierarchy, isAnchor: true)
        if isDetached {
            // Nothing is made yet that would tell; a user without rights may have them in its own group further down.
            guard anchor.mayMakeGroups else { throw anchor.refusal }
            return CgroupBranch(
                hierarchy: hierarchy,
                controllers: controllers,
                anchor: anchor,
                parents: [],
                run: anchor,
                runName: ""
            )
        }
        var parents: [CgroupDirectory] = []
        for name in parentPath.components {
            let parent = try (parents.last ?? anchor).subgroup(name).directory
            controllers.restrict(to: try parent.delegate(wanted, in: hierarchy))
            parents.append(parent)
        }
        let (run, name) = try makeRun(in: parents.last ?? anchor)
        do {
            controllers.restrict(to: try run.delegate(wanted, in: hierarchy))
        } catch {
            (parents.last ?? anchor).discardGroup(name)
            throw error
        }
        return CgroupBranch(
            hierarchy: hierarchy,
            controllers: controllers,
            anchor: anchor,
            parents: parents,
            run: run,
            runName: name
        )
    }

    /// Makes the runtime's group and locks it.
    ///
    /// A runtime that sweeps at this very moment may take it for a stale one and
    /// win the lock or remove it; then another name is tried.
    private func makeRun(in parent: CgroupDirectory) throws -> (CgroupDirectory, String) {
        for _ in 0..<8 {
            let name = CgroupSweep.runName()
            try parent.makeGroup(name)
            if let run = try? parent.subdirectory(name), run.lock(), parent.contains(name) {
                return (run, name)
            }
            parent.discardGroup(name)
        }
        throw ContainerError(
            .cgroup,
            "could not make a control group for this runtime: other runtimes kept removing it",
            operation: "flock",
            path: parent.path
        )
    }

    private static func readOnly(_ hierarchy: CgroupHierarchy) -> ContainerError {
        ContainerError(
            .cgroup,
            "control groups can't be made here: the hierarchy is mounted read-only",
            operation: "mkdir",
            path: hierarchy.mountPoint,
            errno: .readOnlyFileSystem
        )
    }
}

extension ContainerError {
    /// Whether the kernel refused for want of rights, so that another place may do.
    fileprivate var isRefusal: Bool {
        errno == .permissionDenied || errno == .notPermitted || errno == .readOnlyFileSystem
            || errno == .noSuchFileOrDirectory
    }
}
