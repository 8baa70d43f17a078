// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

package import ContainerKit

extension SpecificationReader {
    /// `linux.resources`, also for `update`.
    package mutating func resources(_ object: JSONObject) throws -> Resources {
        var resources = Resources()
        if let memory = try object.object("memory") { resources.memory = try self.memory(memory) }
        if let cpu = try object.object("cpu") { resources.cpu = try self.cpu(cpu) }
        // Of 0 the specification says that it is a limit; but Podman 4 has it for none.
        if let limit = try object.object("pids")?.integer("limit", Int64.self), limit != 0 {
            resources.pids.limit = Resources.Limit(limit)
        }
        if let io = try object.object("blockIO") { resources.io = try self.io(io) }
        resources.hugePages = try object.objects("hugepageLimits").map {
            Resources.HugePages(pageSize: try $0.required("pageSize"), limit: try $0.integer("limit") ?? 0)
        }
        if let network = try object.object("network") {
            resources.network.classID = try network.integer("classID", UInt32.self).flatMap { $0 == 0 ? nil : $0 }
            for priority in try network.objects("priorities") {
                resources.network.priorities[try priority.required("name")] = try priority.integer("priority") ?? 0
            }
        }
        if let rdma = try object.object("rdma") {
            for name in rdma.members.keys {
                guard let limit = try rdma.object(name) else { continue }
                resources.rdma[name] = Resources.RDMA(
                    handles: try limit.integer("hcaHandles"),
                    objects: try limit.integer("hcaObjects")
                )
            }
        }
        resources.unified = try object.stringMap("unified")
        let rules = try object.objects("devices").map { try deviceRule($0) }
        if !rules.isEmpty { resources.devices = rules }
        return resources
    }

    private func limit(_ object: JSONObject, _ key: String) throws -> Resources.Limit? {
        guard let value = try object.integer(key, Int64.self), value != 0 else { return nil }
        return Resources.Limit(value < 0 ? -1 : value)
    }

    private mutating func memory(_ object: JSONObject) throws -> Resources.Memory {
        for key in ["kernel", "kernelTCP", "useHierarchy"] {
            guard let value = object.members[key], value != .null, value != .number("0") else { continue }
            warn("\(object.path).\(key) has no effect: the kernel no longer has it")
        }
        var memory = Resources.Memory()
        memory.limit = try limit(object, "limit")
        memory.reservation = try limit(object, "reservation")
        memory.swap = try limit(object, "swap")
        memory.swappiness = try object.integer("swappiness", Int64.self).flatMap { $0 < 0 ? nil : UInt64($0) }
        if try object.boolean("disableOOMKiller") ?? false { memory.oomKillDisabled = true }
        memory.checkBeforeUpdate = try object.boolean("checkBeforeUpdate") ?? false
        return memory
    }

    private func cpu(_ object: JSONObject) throws -> Resources.CPU {
        var cpu = Resources.CPU()
        cpu.shares = try object.integer("shares", UInt64.self).flatMap { $0 == 0 ? nil : min(max($0, 2), 262_144) }
        cpu.quota = try limit(object, "quota")
        cpu.period = try object.integer("period", UInt64.self).flatMap { $0 == 0 ? nil : $0 }
        cpu.burst = try object.integer("burst")
        cpu.idle = try object.integer("idle", Int64.self).map { $0 != 0 }
        cpu.cpus = try object.string("cpus").flatMap { $0.isEmpty ? nil : $0 }
        cpu.mems = try object.string("mems").flatMap { $0.isEmpty ? nil : $0 }
        cpu.realtimeRuntime = try object.integer("realtimeRuntime", Int64.self).flatMap { $0 > 0 ? UInt64($0) : nil }
        cpu.realtimePeriod = try object.integer("realtimePeriod", UInt64.self).flatMap { $0 == 0 ? nil : $0 }
        return cpu
    }

    private func io(_ object: JSONObject) throws -> Resources.IO {
        var io = Resources.IO()
        io.weight = try object.integer("weight", UInt64.self).flatMap { $0 == 0 ? nil : $0 }
        io.leafWeight = try object.integer("leafWeight", UInt64.self).flatMap { $0 == 0 ? nil : $0 }
        for entry in try object.objects("weightDevice") {
            let weight = try entry.integer("weight", UInt64.self)
            let leafWeight = try entry.integer("leafWeight", UInt64.self)
            if weight == nil, leafWeight == nil { throw OCIError("\(entry.path) has neither weight nor leafWeight") }
            if let weight { io.weights[try ioDevice(entry)] = weight }
            if let leafWeight { io.leafWeights[try ioDevice(entry)] = leafWeight }
        }
        func throttles(_ key: String) throws -> [Resources.IO.Device: UInt64] {
            var limits: [Resources.IO.Device: UInt64] = [:]
            for entry in try object.objects(key) { limits[try ioDevice(entry)] = try entry.integer("rate") ?? 0 }
            return limits
        }
        io.readBytesPerSecond = try throttles("throttleReadBpsDevice")
        io.writtenBytesPerSecond = try throttles("throttleWriteBpsDevice")
        io.readsPerSecond = try throttles("throttleReadIOPSDevice")
        io.writesPerSecond = try throttles("throttleWriteIOPSDevice")
        return io
    }

    private func ioDevice(_ object: JSONObject) throws -> Resources.IO.Device {
        Resources.IO.Device(major: try object.integer("major") ?? 0, minor: try object.integer("minor") ?? 0)
    }

    private func deviceRule(_ object: JSONObject) throws -> Resources.DeviceRule {
        let kind: DeviceNode.Kind?
        switch try object.string("type") ?? "a" {
        case "a", "": kind = nil
        case "c", "u": kind = .character
        case "b": kind = .block
        case let type: throw OCIError("device type '\(type)' is unknown")
        }
        let text = try object.string("access") ?? "rwm"
        guard let access = Resources.DeviceRule.Access(text.isEmpty ? "rwm" : text) else {
            throw OCIError("device access '\(text)' is none of r, w and m")
        }
        func number(_ key: String) throws -> Int64? {
            try object.integer(key, Int64.self).flatMap { $0 < 0 ? nil : $0 }
        }
        return Resources.DeviceRule(
            allow: try object.boolean("allow") ?? false,
            kind: kind,
            major: try number("major"),
            minor: try number("minor"),
            access: access
        )
    }
}
