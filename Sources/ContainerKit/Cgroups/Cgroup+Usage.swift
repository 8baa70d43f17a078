// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

extension Cgroup {
    /// What the container uses now; a dozen small reads.
    ///
    /// - Throws: ``ContainerError`` if the groups are gone.
    package func usage() throws -> ResourceUsage {
        var usage = ResourceUsage()
        usage.cpu = try processorUsage()
        if let memory = under(.memory) { usage.memory = try memoryUsage(memory) }
        if let pids = under(.pids) {
            usage.pids.current = try pids.number("pids.current")
            usage.pids.limit = try pids.number("pids.max")
        }
        usage.io = try deviceUsage()
        if let unified {
            usage.cpu.pressure = unified.pressure("cpu.pressure")
            usage.memory.pressure = unified.pressure("memory.pressure")
            usage.io.pressure = unified.pressure("io.pressure")
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
        return try unified.values("cpu.stat").microseconds("usage_usec")
    }

    private func processorUsage() throws -> ResourceUsage.CPU {
        var cpu = ResourceUsage.CPU()
        cpu.used = try processorTime()
        if let unified {
            let stat = try unified.values("cpu.stat")
            cpu.user = stat.microseconds("user_usec")
            cpu.system = stat.microseconds("system_usec")
            cpu.periods = stat["nr_periods"]
            cpu.throttledPeriods = stat["nr_throttled"]
            cpu.throttled = stat.microseconds("throttled_usec")
        } else if let legacy = members.first(where: { $0.branch.hierarchy.holds(.cpuacct) }) {
            cpu.user = try legacy.number("cpuacct.usage_user").map { .nanoseconds(Int64(clamping: $0)) }
            cpu.system = try legacy.number("cpuacct.usage_sys").map { .nanoseconds(Int64(clamping: $0)) }
        }
        if let legacy = members.first(where: { $0.branch.hierarchy.holds(.cpu) }) {
            let stat = try legacy.values("cpu.stat")
            cpu.periods = stat["nr_periods"]
            cpu.throttledPeriods = stat["nr_throttled"]
            cpu.throttled = stat["throttled_time"].map { .nanoseconds(Int64(clamping: $0)) }
        }
        return cpu
    }

    private func memoryUsage(_ member: Member) throws -> ResourceUsage.Memory {
        var memory = ResourceUsage.Memory()
        let stat = try member.values("memory.stat")
        switch member.branch.hierarchy.version {
        case .v1:
            memory.used = try member.number("memory.usage_in_bytes")
            // No limit is the largest number of whole pages.
            memory.limit = try member.number("memory.limit_in_bytes").flatMap {
                $0 > UInt64(Int64.max) >> 1 ? nil : $0
            }
            memory.peak = try member.number("memory.max_usage_in_bytes")
            memory.anonymous = stat["total_rss"]
            memory.file = stat["total_cache"]
            memory.inactiveFile = stat["total_inactive_file"]
            memory.swap = stat["total_swap"]
            memory.majorFaults = stat["total_pgmajfault"]
            memory.outOfMemoryKills = try member.values("memory.oom_control")["oom_kill"]
        case .v2:
            memory.used = try member.number("memory.current")
            memory.limit = try member.number("memory.max")
            memory.peak = member.optionalNumber("memory.peak")
            memory.anonymous = stat["anon"]
            memory.file = stat["file"]
            memory.inactiveFile = stat["inactive_file"]
            memory.swap = member.optionalNumber("memory.swap.current")
            memory.majorFaults = stat["pgmajfault"]
            memory.outOfMemoryKills = try member.values("memory.events")["oom_kill"]
        }
        return memory
    }

    private func deviceUsage() throws -> ResourceUsage.IO {
        var io = ResourceUsage.IO()
        if let legacy = members.first(where: { $0.branch.hierarchy.holds(.blkio) }) {
            let bytes = try legacy.directory.read(legacy.file("blkio.throttle.io_service_bytes_recursive"))
            let requests = try legacy.directory.read(legacy.file("blkio.throttle.io_serviced_recursive"))
            (io.readBytes, io.writtenBytes) = DeviceCounts.legacy(bytes)
            (io.reads, io.writes) = DeviceCounts.legacy(requests)
        } else if let unified, unified.directory.contains(unified.file("io.stat")) {
            let counts = DeviceCounts(try unified.directory.read(unified.file("io.stat")))
            (io.readBytes, io.writtenBytes) = (counts["rbytes"], counts["wbytes"])
            (io.reads, io.writes) = (counts["rios"], counts["wios"])
        }
        return io
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

    /// The number in an interface file that older kernels lack.
    fileprivate func optionalNumber(_ file: String) -> UInt64? {
        (try? directory.read(self.file(file))).flatMap { UInt64($0.trimmed) }
    }

    fileprivate func values(_ file: String) throws -> CgroupValues {
        CgroupValues(try directory.read(self.file(file)))
    }

    /// The pressure in an interface file; `nil` where the kernel does not measure it.
    fileprivate func pressure(_ file: String) -> ResourcePressure? {
        (try? directory.read(self.file(file))).flatMap(ResourcePressure.init)
    }
}

extension CgroupValues {
    fileprivate func microseconds(_ key: Substring) -> Duration? {
        self[key].map { .microseconds(Int64(clamping: $0)) }
    }
}
