// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import SystemPackage

extension ProcessConfiguration {
    func validate() throws(ContainerError) {
        guard let program = arguments.first, !program.isEmpty else {
            throw .invalid("process", "has no program: its arguments are empty")
        }
        if program.contains("/"), !program.hasPrefix("/") {
            throw .invalid(
                "program '\(program)'",
                "must be an absolute path in the container, or a name to look for in PATH"
            )
        }
        for argument in arguments { try argument.requireText("an argument of '\(program)'") }
        for entry in environment { try validateEnvironment(entry) }
        try workingDirectory.requireAbsolute("working directory")
        if workingDirectory.hasParentComponent {
            throw .invalid("working directory '\(workingDirectory)'", "must not contain '..'")
        }
        try validateCapabilities()
        try validateLimits()
        try validateScheduling()
        if fileModeMask.rawValue > 0o777 {
            throw .invalid("file mode mask \(String(fileModeMask.rawValue, radix: 8))", "must be at most 777")
        }
        if user.supplementaryGroups.count > 65_536 {
            throw .invalid("supplementary groups", "are more than the kernel's 65536")
        }
    }

    /// Only the name is shown: values may be secret.
    private func validateEnvironment(_ entry: String) throws(ContainerError) {
        let name = entry.prefix { $0 != "=" }
        if name.isEmpty || name.utf8.count == entry.utf8.count {
            throw .invalid("environment entry '\(name)'", "must have the form NAME=value")
        }
        try entry.requireText("environment variable '\(name)'")
    }

    private func validateCapabilities() throws(ContainerError) {
        let sets = capabilities
        if !sets.effective.isSubset(of: sets.permitted) {
            throw .invalid("effective capabilities", "must be among the permitted ones")
        }
        if !sets.ambient.isSubset(of: sets.permitted.intersection(sets.inheritable)) {
            throw .invalid("ambient capabilities", "must be among the permitted and the inheritable ones")
        }
        if !sets.inheritable.isSubset(of: sets.bounding.union(sets.permitted)) {
            throw .invalid("inheritable capabilities", "must be among the bounding or the permitted ones")
        }
    }

    private func validateScheduling() throws(ContainerError) {
        if let scheduling {
            if !(-20...19).contains(scheduling.nice) {
                throw .invalid("niceness \(scheduling.nice)", "must be from -20 to 19")
            }
            let isRealTime = scheduling.policy == .firstInFirstOut || scheduling.policy == .roundRobin
            if isRealTime, !(1...99).contains(scheduling.priority) {
                throw .invalid("real-time priority \(scheduling.priority)", "must be from 1 to 99")
            }
        }
        if let ioPriority, !(0...7).contains(ioPriority.level) {
            throw .invalid("I/O priority \(ioPriority.level)", "must be from 0 to 7")
        }
        if let processors, !CPUList.isValid(processors, atMost: 8_191) {
            throw .invalid("processor list '\(processors)'", "must be numbers and ranges, such as 0-3,7")
        }
        if let memoryPolicy, !memoryPolicy.nodes.isEmpty, !CPUList.isValid(memoryPolicy.nodes, atMost: 1_023) {
            throw .invalid("memory node list '\(memoryPolicy.nodes)'", "must be numbers and ranges, such as 0-1")
        }
    }

    private func validateLimits() throws(ContainerError) {
        var seen: Set<ResourceLimit.Resource> = []
        for limit in resourceLimits {
            let name = limit.resource.name
            if limit.resource.rawValue < 0 || limit.resource.rawValue >= 16 {
                throw .invalid("resource limit \(limit.resource.rawValue)", "is none that the kernel knows")
            }
            if limit.soft > limit.hard {
                throw .invalid("resource limit \(name)", "has a soft limit above the hard one")
            }
            if !seen.insert(limit.resource).inserted { throw .invalid("resource limit \(name)", "is given twice") }
        }
        if let score = oomScoreAdjustment, !(-1000...1000).contains(score) {
            throw .invalid("OOM score adjustment \(score)", "must be from -1000 to 1000")
        }
    }
}
