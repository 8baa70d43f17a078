// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

package import ContainerKit
internal import SystemPackage

extension SpecificationReader {
    /// A process of the specification, of a bundle or for `exec`.
    package mutating func processConfiguration(_ object: JSONObject) throws -> ProcessConfiguration {
        var process = ProcessConfiguration(try object.strings("args"))
        process.environment = try object.strings("env")
        process.workingDirectory = FilePath(try object.required("cwd"))
        process.standardInput = .inherited
        process.standardOutput = .inherited
        process.standardError = .inherited
        if let user = try object.object("user") {
            process.user = .numbers(
                user: try user.integer("uid") ?? 0,
                group: try user.integer("gid") ?? 0,
                supplementaryGroups: try user.integers("additionalGids")
            )
        }
        if let mask = try object.object("user")?.integer("umask", UInt32.self) {
            process.fileModeMask = FilePermissions(rawValue: CModeT(mask))
        } else if let mask = CallingProcess().fileModeMask {
            process.fileModeMask = mask
        }
        process.capabilities = try capabilities(object.object("capabilities"))
        process.noNewPrivileges = try object.boolean("noNewPrivileges") ?? false
        process.oomScoreAdjustment = try object.integer("oomScoreAdj", Int.self)
        process.resourceLimits = try object.objects("rlimits").map { try resourceLimit($0) }
        if try object.boolean("terminal") ?? false {
            let size = try object.object("consoleSize")
            process.terminal = Terminal.Size(
                rows: try size?.integer("height") ?? 0,
                columns: try size?.integer("width") ?? 0
            )
        }
        process.scheduling = try object.object("scheduler").map { try scheduling($0) }
        process.ioPriority = try object.object("ioPriority").map { try ioPriority($0) }
        if let affinity = try object.object("execCPUAffinity") {
            // What is left empty is left to the kernel, which keeps the first one.
            process.processors = try ["final", "initial"].compactMap { try affinity.string($0) }
                .first { !$0.isEmpty }
        }
        for key in ["apparmorProfile", "selinuxLabel"] {
            if let label = try object.string(key), !label.isEmpty, label != "unconfined" {
                throw OCIError("\(object.path).\(key) is set, but this runtime does not support that security module")
            }
        }
        return process
    }

    private mutating func capabilities(_ object: JSONObject?) throws -> ProcessCapabilities {
        var sets = ProcessCapabilities([])
        guard let object else { return sets }
        sets.bounding = try set(object, "bounding")
        sets.permitted = try set(object, "permitted")
        sets.effective = try set(object, "effective")
        sets.inheritable = try set(object, "inheritable")
        sets.ambient = try set(object, "ambient")
        let all = [sets.bounding, sets.permitted, sets.effective, sets.inheritable, sets.ambient]
        let grantable = try grantableCapabilities()
        let wanted = all.reduce(CapabilitySet()) { $0.union($1) }
        for capability in wanted.subtracting(grantable).capabilities {
            warn("capability '\(capability.name)' can't be granted and is left out: this process has not got it")
        }
        sets.bounding.formIntersection(grantable)
        sets.permitted.formIntersection(grantable)
        sets.effective.formIntersection(grantable)
        sets.inheritable.formIntersection(grantable)
        sets.ambient.formIntersection(grantable)
        return sets
    }

    /// What this process can pass on: all in a user namespace, else what it has itself.
    private func grantableCapabilities() throws -> CapabilitySet {
        let everything = CapabilitySet(rawValue: .max)
        let namespaces = try root.object("linux")?.objects("namespaces") ?? []
        if try namespaces.contains(where: { try $0.string("type") == "user" }) { return everything }
        guard let own = CallingProcess().capabilities else { return everything }
        // Without this one, a container gets a user namespace whether it asks or not.
        return own.isSuperset(of: .sysAdmin) ? own : everything
    }

    private mutating func set(_ object: JSONObject, _ key: String) throws -> CapabilitySet {
        var set: CapabilitySet = []
        for name in try object.strings(key) {
            if let capability = Capability(name: name) {
                set.insert(CapabilitySet(capability))
            } else {
                warn("capability '\(name)' is unknown and ignored")
            }
        }
        return set
    }

    private func resourceLimit(_ object: JSONObject) throws -> ResourceLimit {
        let name = try object.required("type")
        guard let resource = ResourceLimit.Resource(name: name) else {
            throw OCIError("resource limit '\(name)' is unknown")
        }
        return ResourceLimit(resource, soft: try object.integer("soft") ?? 0, hard: try object.integer("hard") ?? 0)
    }

    private func scheduling(_ object: JSONObject) throws -> Scheduling {
        let name = try object.required("policy")
        guard let policy = Scheduling.Policy(name: name) else {
            throw OCIError("scheduling policy '\(name)' is unknown")
        }
        let known: [String: Scheduling.Flags] = [
            "SCHED_FLAG_RESET_ON_FORK": .resetOnFork, "SCHED_FLAG_RECLAIM": .reclaim,
            "SCHED_FLAG_DL_OVERRUN": .deadlineOverrun, "SCHED_FLAG_KEEP_POLICY": .keepPolicy,
            "SCHED_FLAG_KEEP_PARAMS": .keepParameters, "SCHED_FLAG_UTIL_CLAMP_MIN": .leastUtilisation,
            "SCHED_FLAG_UTIL_CLAMP_MAX": .mostUtilisation,
        ]
        var flags: Scheduling.Flags = []
        for name in try object.strings("flags") {
            guard let flag = known[name] else { throw OCIError("scheduling flag '\(name)' is unknown") }
            flags.insert(flag)
        }
        return Scheduling(
            policy: policy,
            nice: try object.integer("nice") ?? 0,
            priority: try object.integer("priority") ?? 0,
            flags: flags,
            runtime: try object.integer("runtime") ?? 0,
            deadline: try object.integer("deadline") ?? 0,
            period: try object.integer("period") ?? 0
        )
    }

    private func ioPriority(_ object: JSONObject) throws -> IOPriority {
        let name = try object.required("class")
        guard let kind = IOPriority.Class(name: name) else { throw OCIError("I/O priority class '\(name)' is unknown") }
        return IOPriority(kind, level: try object.integer("priority") ?? 0)
    }

    func memoryPolicy(_ object: JSONObject) throws -> MemoryPolicy {
        let name = try object.required("mode")
        guard let mode = MemoryPolicy.Mode(name: name) else {
            throw OCIError("memory policy mode '\(name)' is unknown")
        }
        let known: [String: MemoryPolicy.Flags] = [
            "MPOL_F_STATIC_NODES": .staticNodes, "MPOL_F_RELATIVE_NODES": .relativeNodes,
            "MPOL_F_NUMA_BALANCING": .balancing,
        ]
        var flags: MemoryPolicy.Flags = []
        for name in try object.strings("flags") {
            guard let flag = known[name] else { throw OCIError("memory policy flag '\(name)' is unknown") }
            flags.insert(flag)
        }
        return MemoryPolicy(mode, nodes: try object.string("nodes") ?? "", flags: flags)
    }
}
