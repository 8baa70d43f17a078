// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension CgroupTree {
    /// Makes this runtime's groups in each hierarchy that containers need.
    ///
    /// That a hierarchy or controller can't be used is no error yet: only a container that asks for one of its limits is
    /// refused, with the reason found here. So a runtime without any rights still runs containers without limits.
    ///
    /// - Parameters:
    ///   - layout: The hierarchies of this machine.
    ///   - parentPath: The group that runtimes share, beneath the top of each hierarchy or this process's own group.
    ///   - hook: Called before each change, for tests that make one fail.
    ///   - isDetached: Whether no groups of the runtime's own are made.
    /// - Throws: ``ContainerError`` or what the hook throws, if a group that was made could not be set up.
    package convenience init(
        layout: CgroupLayout,
        parentPath: CgroupPath = .nestbox,
        hook: CgroupHook? = nil,
        isDetached: Bool = false
    ) throws {
        let placement = CgroupPlacement(parentPath: parentPath, hook: hook, isDetached: isDetached)
        var standing: [CgroupBranch] = []
        var unavailable: [CgroupController: ContainerError] = [:]

        func place(_ hierarchy: CgroupHierarchy, for wanted: [CgroupController]) throws {
            do {
                let branch = try placement.branch(in: hierarchy, for: wanted)
                standing.append(branch)
                unavailable.merge(branch.controllers.refused) { first, _ in first }
            } catch let error as ContainerError {
                for controller in wanted { unavailable[controller] = unavailable[controller] ?? error }
            }
        }

        do {
            var needed = CgroupNeeds.always
            if let unified = layout.unified {
                try place(unified, for: needed.filter { layout.legacy($0) == nil })
            }
            if !(standing.first?.hasUnifiedCore ?? false) { needed += CgroupNeeds.withoutUnified }
            for controller in needed {
                guard let hierarchy = layout.legacy(controller),
                    !standing.contains(where: { $0.hierarchy == hierarchy })
                else { continue }
                try place(hierarchy, for: CgroupController.allCases.filter(hierarchy.holds))
            }
        } catch {
            for branch in standing where !isDetached { branch.parent.discardGroup(branch.runName) }
            throw error
        }
        self.init(
            layout: layout,
            parentPath: parentPath,
            hook: hook,
            isDetached: isDetached,
            standing: standing,
            unavailable: unavailable
        )
    }
}

extension CgroupBranch {
    /// Whether a v2 group here freezes, kills and accounts.
    var hasUnifiedCore: Bool {
        hierarchy.version == .v2 && CgroupNeeds.unifiedCore.allSatisfy(run.contains)
    }
}
