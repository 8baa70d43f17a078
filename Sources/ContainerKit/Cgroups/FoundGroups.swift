// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// A container's groups as nothing but their directories, for what needs to know no more of them.
///
/// Which hierarchy a directory is of, the files in it tell: the machine's layout is not read for that.
struct FoundGroups {
    let directories: [FilePath]

    var freezer: CgroupFreezer? {
        get throws {
            if let path = first(with: "cgroup.freeze") { return try makeFreezer(path, isUnified: true) }
            return try first(with: "freezer.state").map { try makeFreezer($0, isUnified: false) }
        }
    }

    /// Kills every process, paused or not.
    ///
    /// - Throws: ``ContainerError`` if processes hang in the kernel.
    func kill() throws {
        guard let path = first(with: "cgroup.kill") ?? first(with: "freezer.state") ?? directories.first else { return }
        let (directory, name) = try open(path)
        try CgroupKill(directory: directory, name: name).run()
    }

    /// The container's processes, in the order of their start.
    func processes() throws -> [ProcessInformation] {
        guard let path = first(with: "cgroup.freeze") ?? directories.first else { return [] }
        let (directory, name) = try open(path)
        return ProcessInformation.of(try directory.processIdentifiers(in: name))
    }

    /// Removes the groups and kills first what is left in them.
    ///
    /// - Throws: ``ContainerError`` if a process does not die or a group stays.
    func remove() throws {
        // Most often they are empty by now, and one call for each is all.
        let left = directories.filter { rmdir($0.string) != 0 && errno != ENOENT }
        if !left.isEmpty {
            try FoundGroups(directories: left).kill()
            for path in left {
                let (directory, name) = try open(path)
                try CgroupRemoval(directory: directory).remove(name)
            }
        }
        // The parent that runtimes share goes with the last of its groups.
        for parent in Set(directories.map { $0.removingLastComponent() }) where parent.lastComponent == "nestbox" {
            rmdir(parent.string)
        }
    }

    private func first(with file: String) -> FilePath? {
        directories.first { access($0.appending(file).string, F_OK) == 0 }
    }

    private func makeFreezer(_ path: FilePath, isUnified: Bool) throws -> CgroupFreezer {
        let (directory, name) = try open(path)
        return CgroupFreezer(directory: directory, name: name, isUnified: isUnified)
    }

    private func open(_ path: FilePath) throws -> (CgroupDirectory, String) {
        guard let name = path.lastComponent?.string, CgroupPath.refusal(of: name) == nil, !path.hasParentComponent
        else {
            throw ContainerError(.cgroup, "'\(path)' is no control group of this machine", path: path)
        }
        return (try CgroupDirectory(opening: path.removingLastComponent()), name)
    }
}
