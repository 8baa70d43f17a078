// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit

/// A specification's security options, as the runtime knows them; pure.
struct ContainerSecurity {
    var capabilities = CapabilitySet.docker
    var noNewPrivileges = true
    var seccomp = SeccompPolicy.standard
    var limits: [ResourceLimit] = []

    /// - Throws: ``NestboxError`` of code `invalidSpecification`.
    init(_ specification: ContainerSpecification) throws(NestboxError) {
        let options = specification.security
        let dropped = try Self.set(options.droppedCapabilities)
        let added = try Self.set(options.addedCapabilities)
        capabilities = capabilities.subtracting(dropped).union(added)
        for option in options.options { try take(option) }
        for limit in options.processLimits { limits.append(try Self.limit(limit)) }
    }

    func apply(to process: inout ProcessConfiguration) {
        process.capabilities = ProcessCapabilities(capabilities)
        process.noNewPrivileges = noNewPrivileges
        process.resourceLimits = limits
    }

    private static func set(_ names: [String]) throws(NestboxError) -> CapabilitySet {
        var set: CapabilitySet = []
        for name in names {
            if name.uppercased() == "ALL" {
                set.formUnion(.all)
            } else if let capability = Capability(name: name) {
                set.formUnion(CapabilitySet(capability))
            } else {
                throw NestboxError(.invalidSpecification, "'\(name)' is no capability, such as NET_ADMIN")
            }
        }
        return set
    }

    private mutating func take(_ option: String) throws(NestboxError) {
        let mark = option.firstIndex { $0 == "=" || $0 == ":" } ?? option.endIndex
        let key = option[..<mark]
        let value = mark == option.endIndex ? "" : option[option.index(after: mark)...]
        switch (key, value) {
        case ("no-new-privileges", ""), ("no-new-privileges", "true"): noNewPrivileges = true
        case ("no-new-privileges", "false"): noNewPrivileges = false
        case ("seccomp", "standard"), ("seccomp", "builtin"): seccomp = .standard
        case ("seccomp", "hardened"): seccomp = .hardened
        case ("seccomp", "unconfined"): seccomp = .unconfined
        case ("seccomp", let profile) where profile.first == "{":
            seccomp = .custom(try SeccompDocument(json: String(profile)).profile(capabilities: capabilities))
        // What they ask for is so: nothing here confines by labels or profiles of a security module.
        case ("label", "disable"), ("apparmor", "unconfined"): break
        default: throw NestboxError(.invalidSpecification, "'\(option)' is no security option that there is")
        }
    }

    /// Such as `nofile=1024` or `nofile=1024:2048`; -1 is no limit.
    private static func limit(_ text: String) throws(NestboxError) -> ResourceLimit {
        func refused(_ reason: String) -> NestboxError {
            NestboxError(.invalidSpecification, "'\(text)' is no limit on processes: \(reason)")
        }
        let (name, value) = TemporaryMount.halves(text)
        guard let resource = ResourceLimit.Resource(name: name) else {
            throw refused("'\(name)' is none of \(ResourceLimit.Resource.names.joined(separator: ", "))")
        }
        let numbers = (value ?? "").split(separator: ":", omittingEmptySubsequences: false).map { digits in
            digits == "-1" || digits == "unlimited" ? ResourceLimit.unlimited : UInt64(digits)
        }
        guard (1...2).contains(numbers.count), let soft = numbers[0], let hard = numbers[numbers.count - 1] else {
            throw refused("it has the form NAME=SOFT[:HARD], as in nofile=1024:2048")
        }
        guard soft <= hard else { throw refused("the soft limit is above the hard one") }
        return ResourceLimit(resource, soft: soft, hard: hard)
    }
}
