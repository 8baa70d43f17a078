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
        var found: Set<Int32> = []
        var pending = [member.name]
        while let name = pending.popLast() {
            let text = try member.directory.read(name + "/cgroup.procs")
            for line in text.split(separator: "\n") { Int32(line).map { _ = found.insert($0) } }
            pending += try member.directory.groups(in: name).map { name + "/" + $0 }
        }
        return found.sorted()
    }

    func processInformation() throws -> [ProcessInformation] {
        try processIdentifiers().compactMap { ProcessFiles($0)?.information() }.sorted {
            // Numbers begin again from below when they are used up.
            ($0.started, $0.identifierInContainer ?? $0.identifier) < (
                $1.started, $1.identifierInContainer ?? $1.identifier
            )
        }
    }
}
