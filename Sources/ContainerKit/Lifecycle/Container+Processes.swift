// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Container {
    /// The container's processes now, those of ``execute(_:)`` among them.
    ///
    /// - Returns: The processes, in the order of their start.
    /// - Throws: ``ContainerError`` if its control groups can't be read.
    public func processes() throws -> [ProcessInformation] {
        try requireGroup("looked into").processInformation()
    }
}

extension Cgroup {
    /// The numbers of all processes in the group and in those below, as the host sees them.
    func processIdentifiers() throws -> [Int32] {
        guard let member = unified ?? members.first else { return [] }
        return try member.directory.processIdentifiers(in: member.name)
    }

    func processInformation() throws -> [ProcessInformation] {
        ProcessInformation.of(try processIdentifiers())
    }
}

extension CgroupDirectory {
    /// The numbers of all processes in a group here and in those below it, as the host sees them.
    func processIdentifiers(in name: String) throws -> [Int32] {
        var found: Set<Int32> = []
        var pending = [name]
        while let name = pending.popLast() {
            let text = try read(name + "/cgroup.procs")
            for line in text.split(separator: "\n") { Int32(line).map { _ = found.insert($0) } }
            pending += try groups(in: name).map { name + "/" + $0 }
        }
        return found.sorted()
    }
}

extension ProcessInformation {
    /// What there is to tell of processes, in the order of their start; those that have ended meanwhile are left out.
    static func of(_ identifiers: [Int32]) -> [ProcessInformation] {
        identifiers.compactMap { ProcessFiles($0)?.information() }.sorted {
            // Numbers begin again from below when they are used up.
            ($0.started, $0.identifierInContainer ?? $0.identifier) < (
                $1.started, $1.identifierInContainer ?? $1.identifier
            )
        }
    }
}
