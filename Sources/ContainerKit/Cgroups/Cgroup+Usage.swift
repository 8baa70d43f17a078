// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

extension Cgroup {
    /// What the container uses now; a handful of small reads.
    ///
    /// - Throws: ``ContainerError`` if the groups are gone.
    package func usage() throws -> ResourceUsage {
        var usage = ResourceUsage()
        usage.cpu.used = try processorTime()
        if let memory = under(.memory) { usage.memory = try memoryUsage(memory) }
        if let pids = under(.pids) {
            usage.pids.current = try pids.number("pids.current")
            usage.pids.limit = try pids.number("pids.max")
        }
        return usage
    }

    /// The processor time used so far: one read, for balancers that ask often.
    ///
    /// - Returns: The time, or `nil` if it is not counted here.
    /// - Throws: ``ContainerError`` if the groups are gone.
    package func processorTime() throws -> Duration? {
        if let legacy = members.first(where: { $0.branch.hierarchy.holds(.cpuacct) }) {
            return try legacy.number("cpuacct.usage").map { .nanoseconds(Int64(clamping: $0)) }
        }
        guard let unified else { return nil }
        // Every v2 group counts time, whether or not the controller is enabled.
        let stat = CgroupValues(try unified.directory.read(unified.file("cpu.stat")))
        return stat["usage_usec"].map { .microseconds(Int64(clamping: $0)) }
    }

    private func memoryUsage(_ member: Member) throws -> ResourceUsage.Memory {
        switch member.branch.hierarchy.version {
        case .v1:
            let control = CgroupValues(try member.directory.read(member.file("memory.oom_control")))
            return ResourceUsage.Memory(
                used: try member.number("memory.usage_in_bytes"),
                // No limit is the largest number of whole pages.
                limit: try member.number("memory.limit_in_bytes").flatMap { $0 > UInt64(Int64.max) >> 1 ? nil : $0 },
                outOfMemoryKills: control["oom_kill"]
            )
        case .v2:
            let events = CgroupValues(try member.directory.read(member.file("memory.events")))
            return ResourceUsage.Memory(
                used: try member.number("memory.current"),
                limit: try member.number("memory.max"),
                outOfMemoryKills: events["oom_kill"]
            )
        }
    }

    /// The group under a controller, if there is one and the controller is on.
    private func under(_ controller: CgroupController) -> Member? {
        member(controller).flatMap { $0.branch.controllers.has(controller) ? $0 : nil }
    }
}

extension Cgroup.Member {
    /// The number in an interface file; `nil` for `max`.
    fileprivate func number(_ file: String) throws -> UInt64? {
        UInt64(try directory.read(self.file(file)).trimmed)
    }
}
