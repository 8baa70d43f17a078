// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

// What a directory between the top of a hierarchy and a container's group needs before groups below it can be limited.
extension CgroupDirectory {
    /// Opens the group of that name below, made if there is none.
    ///
    /// Another process may take it away between the two, with the last of its containers; it is made again then.
    func subgroup(_ name: String) throws -> (directory: CgroupDirectory, isNew: Bool) {
        for _ in 0..<Self.attempts {
            do {
                return try openSubgroup(name)
            } catch let error as ContainerError where error.errno == .noSuchFileOrDirectory {
                continue
            }
        }
        return try openSubgroup(name)
    }

    /// How often something is done again that another process has undone meanwhile.
    static let attempts = 50

    private func openSubgroup(_ name: String) throws -> (directory: CgroupDirectory, isNew: Bool) {
        var isNew = true
        do {
            try makeGroup(name)
        } catch let error as ContainerError where error.errno == .fileExists {
            isNew = false
        }
        do {
            return (try subdirectory(name), isNew)
        } catch {
            if isNew { discardGroup(name) }
            throw error
        }
    }

    /// Makes this group ready to hold groups that are under controllers.
    ///
    /// - Parameters:
    ///   - wanted: The controllers.
    ///   - hierarchy: The hierarchy that the group is of.
    ///   - isAnchor: Whether the group is not ours: then nothing but v2's controllers is changed.
    /// - Returns: Which of them the groups below will be under. What v2 refuses is recorded there, not thrown, since
    ///   containers that ask for no such limit can do without.
    /// - Throws: ``ContainerError`` if a v1 cpuset can't be filled, or what the hook throws.
    func delegate(
        _ wanted: [CgroupController],
        in hierarchy: CgroupHierarchy,
        isAnchor: Bool = false
    ) throws -> CgroupControllers {
        switch hierarchy.version {
        case .v1:
            if hierarchy.holds(.cpuset), !isAnchor { try inheritCpuset() }
            return CgroupControllers(enabled: Set(wanted.filter(hierarchy.holds)))
        case .v2:
            do {
                return CgroupControllers(enabled: try enable(wanted))
            } catch let error as ContainerError {
                return CgroupControllers(refused: Dictionary(uniqueKeysWithValues: wanted.map { ($0, error) }))
            }
        }
    }

    /// v1: gives the group the processors and nodes of the one above, and makes the kernel do so for all groups below.
    ///
    /// A new cpuset is empty, and no process can join an empty one; `cgroup.clone_children` fills it at mkdir.
    private func inheritCpuset() throws {
        for file in ["cpuset.cpus", "cpuset.mems"] where try read(file).isBlank {
            try write(try read("../" + file).trimmed, to: file)
        }
        if try read("cgroup.clone_children").trimmed != "1" {
            try write("1", to: "cgroup.clone_children")
        }
    }

    /// v2: passes controllers on to the groups below, as far as this group has them.
    ///
    /// - Returns: Those of `wanted` that are passed on.
    /// - Throws: ``ContainerError`` if the kernel refuses to pass on one that the group has.
    func enable(_ wanted: [CgroupController]) throws -> Set<CgroupController> {
        let available = try controllers(in: "cgroup.controllers")
        let enabled = try controllers(in: "cgroup.subtree_control")
        let missing = wanted.filter { available.contains($0.rawValue) && !enabled.contains($0.rawValue) }
        if !missing.isEmpty {
            do {
                try write(missing.map { "+" + $0.rawValue }.joined(separator: " "), to: "cgroup.subtree_control")
            } catch var error as ContainerError where error.errno == .resourceBusy {
                error.message =
                    "controllers can't be passed on to containers, because processes run in \(path) itself: the kernel"
                    + " lets a v2 group have either processes or controlled subgroups; move them to a subgroup (systemd:"
                    + " Delegate=yes and DelegateSubgroup=main)"
                throw error
            }
        }
        return Set(wanted.filter { available.contains($0.rawValue) })
    }

    /// The controllers that this group itself is under.
    func available(in hierarchy: CgroupHierarchy) throws -> CgroupControllers {
        switch hierarchy.version {
        case .v1: return CgroupControllers(enabled: Set(CgroupController.allCases.filter(hierarchy.holds)))
        case .v2:
            let names = try controllers(in: "cgroup.controllers")
            return CgroupControllers(enabled: Set(CgroupController.allCases.filter { names.contains($0.rawValue) }))
        }
    }

    /// Takes the lock that says a live runtime owns this directory; `false` if another holds it.
    func lock() -> Bool {
        flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0
    }

    private func controllers(in file: String) throws -> Set<String> {
        Set(try read(file).split(whereSeparator: \.isWhitespace).map(String.init))
    }
}

extension CgroupBranch {
    /// v2: passes one more controller on to the groups of containers.
    func enable(_ controller: CgroupController) throws {
        for directory in [anchor] + parents + [run] {
            guard try directory.enable([controller]).contains(controller) else {
                throw ContainerError(
                    .unsupported,
                    "the \(controller.rawValue) controller is not available in \(directory.path)",
                    path: directory.path
                )
            }
        }
    }
}

extension String {
    /// The text without the newline that interface files end with.
    var trimmed: String {
        var text = self[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    fileprivate var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
