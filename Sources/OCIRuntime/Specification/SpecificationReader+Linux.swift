// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import SystemPackage

extension SpecificationReader {
    func readNamespaces(_ linux: JSONObject, _ configuration: inout ContainerConfiguration) throws {
        var namespaces = configuration.namespaces
        var hasUsers = false
        var hasMounts = false
        var types: Set<String> = []
        for object in try linux.objects("namespaces") {
            let path = try object.string("path").flatMap { $0.isEmpty ? nil : FilePath($0) }
            let choice: Namespaces.Choice = path.map { .join($0) } ?? .new
            let type = try object.required("type")
            guard types.insert(type).inserted else {
                throw OCIError("linux.namespaces lists the type '\(type)' twice")
            }
            switch type {
            case "pid": namespaces.process = choice
            case "network": namespaces.network = choice
            case "uts": namespaces.uts = choice
            case "ipc": namespaces.ipc = choice
            case "cgroup": namespaces.cgroup = choice
            case "time": namespaces.time = choice
            case "mount":
                namespaces.joinedMount = path
                hasMounts = true
            case "user":
                if let path { namespaces.joinedUser = path } else { hasUsers = true }
            default: throw OCIError("namespace type '\(type)' is unknown")
            }
        }
        guard hasMounts else { throw OCIError("linux.namespaces must have a mount namespace: it is never shared") }
        if hasUsers {
            namespaces.user = UserNamespace(
                users: try mappings(linux, "uidMappings"),
                groups: try mappings(linux, "gidMappings")
            )
        }
        if let offsets = try linux.object("timeOffsets") {
            if let clock = offsets.members.keys.sorted().first(where: { $0 != "monotonic" && $0 != "boottime" }) {
                throw OCIError(
                    "linux.timeOffsets names the clock '\(clock)', which has no offset: monotonic and boottime do"
                )
            }
            namespaces.monotonicOffset = try offset(offsets.object("monotonic"))
            namespaces.bootTimeOffset = try offset(offsets.object("boottime"))
        }
        configuration.namespaces = namespaces
    }

    func mappings(_ object: JSONObject, _ key: String) throws -> [UserNamespace.Mapping] {
        try object.objects(key).map { mapping in
            UserNamespace.Mapping(
                inside: try mapping.integer("containerID") ?? 0,
                outside: try mapping.integer("hostID") ?? 0,
                count: try mapping.integer("size") ?? 0
            )
        }
    }

    private func offset(_ object: JSONObject?) throws -> Duration {
        guard let object else { return .zero }
        return .seconds(try object.integer("secs", Int64.self) ?? 0)
            + .nanoseconds(Int64(try object.integer("nanosecs", UInt32.self) ?? 0))
    }

    func device(_ object: JSONObject) throws -> DeviceNode {
        let kind: DeviceNode.Kind =
            switch try object.required("type") {
            case "c", "u": .character
            case "b": .block
            case "p": .pipe
            case let type: throw OCIError("device type '\(type)' is unknown")
            }
        var node = DeviceNode.make(
            kind,
            major: try object.integer("major") ?? 0,
            minor: try object.integer("minor") ?? 0,
            at: FilePath(try object.required("path")),
            mode: FilePermissions(rawValue: CModeT(try object.integer("fileMode", UInt32.self) ?? 0o666) & 0o7777),
            user: try object.integer("uid") ?? 0,
            group: try object.integer("gid") ?? 0
        )
        node.made?.keepsMode = ["fileMode", "uid", "gid"].allSatisfy { object.members[$0] == nil }
        return node
    }

    /// systemd's form `slice:prefix:name` becomes the path that systemd would give it.
    func cgroupPath(_ text: String?) throws -> CgroupPath {
        guard let text, !text.isEmpty else { return try CgroupPath("nestbox").appending(identifier) }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, !text.hasPrefix("/") else { return try CgroupPath(text) }
        let slice = parts[0].isEmpty ? "system.slice" : String(parts[0])
        var path = ""
        var prefix = ""
        for word in slice.dropLast(slice.hasSuffix(".slice") ? 6 : 0).split(separator: "-") {
            prefix += prefix.isEmpty ? word : "-" + word
            path += "/\(prefix).slice"
        }
        let name = parts[1].isEmpty ? String(parts[2]) : "\(parts[1])-\(parts[2])"
        return try CgroupPath(path + "/" + (name.hasSuffix(".slice") ? name : name + ".scope"))
    }

    mutating func profile(_ object: JSONObject) throws -> SeccompProfile {
        func action(_ object: JSONObject, _ key: String) throws -> SeccompProfile.Action {
            SeccompProfile.Action(rawValue: try object.required(key))
        }
        var profile = SeccompProfile(
            defaultAction: try action(object, "defaultAction"),
            defaultErrnoRet: try object.integer("defaultErrnoRet"),
            architectures: try object.strings("architectures").map { SeccompProfile.Architecture(rawValue: $0) },
            listenerPath: try object.string("listenerPath"),
            listenerMetadata: try object.string("listenerMetadata")
        )
        if profile.listenerMetadata != nil, profile.listenerPath == nil {
            throw OCIError("\(object.path).listenerMetadata is set without listenerPath")
        }
        if object.members["flags"] != nil {
            profile.flags = Set(try object.strings("flags").map { SeccompProfile.Flag(rawValue: $0) })
        }
        profile.syscalls = try object.objects("syscalls").map { rule in
            SeccompProfile.Syscall(
                names: try rule.strings("names"),
                action: try action(rule, "action"),
                errnoRet: try rule.integer("errnoRet"),
                args: try rule.objects("args").map { argument in
                    SeccompProfile.Argument(
                        index: try argument.integer("index") ?? 0,
                        op: SeccompProfile.Operator(rawValue: try argument.required("op")),
                        value: try argument.integer("value") ?? 0,
                        valueTwo: try argument.integer("valueTwo") ?? 0
                    )
                }
            )
        }
        return profile
    }
}
