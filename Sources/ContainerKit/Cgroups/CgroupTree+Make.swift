// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

extension CgroupTree {
    /// Makes a container's groups and puts its limits in force.
    ///
    /// - Parameters:
    ///   - location: Where; nothing may be there yet.
    ///   - resources: The limits.
    ///   - isLeftOut: Whether there are to be none; limits are refused then.
    /// - Returns: The groups, empty of processes.
    /// - Throws: ``ContainerError``: `invalidConfiguration` for limits or names no kernel takes and `unsupported` for
    ///   what this machine lacks, both before anything is made; `duplicateIdentifier` if there is such a group; else
    ///   `cgroup` with the operation, path and reason. Whatever was made is gone again.
    package func makeGroup(
        at location: CgroupLocation,
        resources: Resources = Resources(),
        isLeftOut: Bool = false
    ) throws -> Cgroup {
        if isLeftOut {
            guard let controller = resources.controllers.first else {
                return Cgroup(location: location, tree: self, members: [], madeParents: [], limits: resources)
            }
            throw ContainerError(
                .unsupported,
                "limits of the \(controller.rawValue) controller can't be set without control groups"
            )
        }
        let writes = try resources.writes(on: version(of:))
        let name = try location.checkedName()
        var members: [Cgroup.Member] = []
        var made: [(branch: CgroupBranch, path: String)] = []
        do {
            for branch in try branches(for: resources) {
                let directory = try makeNewGroup(name, at: location, in: branch, made: &made)
                members.append(Cgroup.Member(branch: branch, directory: directory, name: name))
            }
            let group = Cgroup(location: location, tree: self, members: members, madeParents: made, limits: resources)
            try group.apply(writes)
            if let devices = resources.devices { try group.setDevices(devices) }
            return group
        } catch {
            for member in members { member.directory.discardGroup(member.name) }
            for parent in made.reversed() { parent.branch.anchor.discardGroup(parent.path) }
            throw error
        }
    }

    /// Finds the groups of a container that another runtime made.
    ///
    /// - Parameters:
    ///   - path: Where they were made.
    ///   - resources: The limits that were set, so that an update knows what it changes.
    /// - Returns: The groups as they are.
    /// - Throws: ``ContainerError`` if they are gone.
    package func findGroup(at path: CgroupPath, resources: Resources = Resources()) throws -> Cgroup {
        let location = CgroupLocation.path(path)
        let name = try location.checkedName()
        let members = try branches(for: resources).map { branch in
            var directory = branch.anchor
            for parent in path.components.dropLast() { directory = try directory.subdirectory(parent) }
            _ = try directory.subdirectory(name)
            return Cgroup.Member(branch: branch, directory: directory, name: name)
        }
        return Cgroup(location: location, tree: self, members: members, madeParents: [], limits: resources)
    }

    /// Finds the groups of a container by their directories, one a hierarchy.
    ///
    /// - Parameters:
    ///   - directories: Where they are.
    ///   - resources: The limits that were set, so that an update knows what it changes.
    /// - Returns: The groups as they are.
    /// - Throws: ``ContainerError`` if they are gone or not below a hierarchy's mount point.
    func adoptGroup(at directories: [FilePath], resources: Resources = Resources()) throws -> Cgroup {
        let members = try directories.map { path in
            guard let name = path.lastComponent?.string, CgroupPath.refusal(of: name) == nil, !path.hasParentComponent,
                let hierarchy = layout.hierarchies.filter({ path.below($0.mountPoint) != nil })
                    .max(by: { $0.mountPoint.components.count < $1.mountPoint.components.count })
            else {
                throw ContainerError(.cgroup, "'\(path)' is no control group of this machine", path: path)
            }
            let parent = try CgroupDirectory(opening: path.removingLastComponent(), hook: hook)
            let group = try parent.subdirectory(name)
            let branch = CgroupBranch(
                hierarchy: hierarchy,
                controllers: try group.available(in: hierarchy),
                anchor: parent,
                parents: [],
                run: parent,
                runName: name
            )
            return Cgroup.Member(branch: branch, directory: parent, name: name)
        }
        return Cgroup(location: .runtime("found"), tree: self, members: members, madeParents: [], limits: resources)
    }

    /// Makes a group, and the groups above it as needed, which another process may take away until it is there.
    private func makeNewGroup(
        _ name: String,
        at location: CgroupLocation,
        in branch: CgroupBranch,
        made: inout [(branch: CgroupBranch, path: String)]
    ) throws -> CgroupDirectory {
        var attempts = 0
        while true {
            let directory = try directory(of: location, in: branch, made: &made)
            do {
                try directory.makeNewGroup(name)
                return directory
            } catch let error as ContainerError where error.errno == .noSuchFileOrDirectory {
                attempts += 1
                guard case .path = location, attempts < CgroupDirectory.attempts else { throw error }
            }
        }
    }

    /// The directory to make a group in; the groups above it are made as needed.
    private func directory(
        of location: CgroupLocation,
        in branch: CgroupBranch,
        made: inout [(branch: CgroupBranch, path: String)]
    ) throws -> CgroupDirectory {
        guard case .path(let path) = location else { return branch.run }
        let wanted = Array(branch.controllers.enabled)
        var directory = branch.anchor
        var trail: [String] = []
        for name in path.components.dropLast() {
            let (next, isNew) = try directory.subgroup(name)
            trail.append(name)
            if isNew { made.append((branch, trail.joined(separator: "/"))) }
            let passedOn = try next.delegate(wanted, in: branch.hierarchy)
            if let reason = passedOn.refused.values.first { throw reason }
            directory = next
        }
        return directory
    }
}

extension CgroupDirectory {
    fileprivate func makeNewGroup(_ name: String) throws {
        do {
            try makeGroup(name)
        } catch var error as ContainerError where error.errno == .fileExists {
            error.code = .duplicateIdentifier
            error.message = "there is a control group of this name already"
            throw error
        }
    }
}

extension CgroupLocation {
    /// The name of the group itself, checked.
    fileprivate func checkedName() throws -> String {
        switch self {
        case .path(let path):
            return path.components.last ?? ""
        case .runtime(let name):
            if let reason = CgroupPath.refusal(of: name) {
                throw ContainerError(
                    .invalidConfiguration,
                    "the name '\(name)' can't be a control group's: \(reason)"
                )
            }
            return name
        }
    }
}
