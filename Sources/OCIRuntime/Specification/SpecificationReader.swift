// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

package import ContainerKit
package import SystemPackage

/// Reads a bundle's `config.json` (OCI runtime specification 1.3) as a container's configuration.
///
/// What this library can't do is an error; what it leaves out without harm is among the warnings. Nothing is dropped in
/// silence.
package struct SpecificationReader {
    /// The newest version of the specification that is read.
    package static let version = "1.3.0"

    let root: JSONObject
    let bundle: FilePath
    let identifier: String
    package private(set) var warnings: [String] = []

    /// Reads the file of a bundle.
    package init(bundle: FilePath, identifier: String, configuration: FilePath? = nil) throws {
        let path = configuration ?? bundle.appending("config.json")
        let bytes = try StateFile.read(path)
        do {
            root = try JSONObject(JSONParser.parse(bytes), path: "")
        } catch let failure as JSONParser.Failure {
            throw OCIError("\(path) is no JSON: \(failure)")
        }
        self.bundle = bundle
        self.identifier = identifier
    }

    mutating func warn(_ text: String) {
        warnings.append(text)
    }

    /// Whether there is a program to start; without one a container can be created all the same.
    package var hasProcess: Bool { root.members["process"].map { $0 != .null } ?? false }

    /// The numbers of a version, before what semantic versioning lets follow them.
    private static func isSupported(_ version: String) -> Bool {
        let numbers = version.prefix { $0 != "-" && $0 != "+" }.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 3 && numbers[0] == "1" && numbers.allSatisfy { UInt32($0) != nil }
    }

    /// The configuration as a whole.
    package mutating func read() throws -> ContainerConfiguration {
        let version = try root.required("ociVersion")
        guard Self.isSupported(version) else {
            throw OCIError("ociVersion \(version) is not supported: it must be 1.x.y")
        }
        guard let rootObject = try root.object("root") else { throw OCIError("root is missing") }
        let process =
            try root.object("process").map { try processConfiguration($0) } ?? ProcessConfiguration(["/bin/false"])
        var path = FilePath(try rootObject.required("path"))
        if path.isRelative { path = bundle.pushing(path) }
        var filesystem = RootFilesystem.directory(path, isReadOnly: try rootObject.boolean("readonly") ?? false)
        filesystem.allowsDevices = true
        var configuration = ContainerConfiguration(identifier: identifier, rootFilesystem: filesystem, process: process)
        configuration.hostName = try root.string("hostname")
        configuration.domainName = try root.string("domainname")
        configuration.annotations = try root.stringMap("annotations")
        if configuration.annotations[""] != nil { throw OCIError("annotations has an empty key") }
        configuration.bundle = bundle
        configuration.hooks = try hooks()
        configuration.maskedPaths = []
        configuration.readOnlyPaths = []
        configuration.seccomp = .unconfined
        configuration.isBound = false
        configuration.findsProgramEarly = hasProcess
        configuration.namespaces = Namespaces()
        for kind in [\Namespaces.process, \.uts, \.ipc, \.network, \.cgroup] {
            configuration.namespaces[keyPath: kind] = .host
        }
        configuration.mounts = []
        for object in try root.objects("mounts") { configuration.mounts.append(try mount(object)) }
        if let linux = try root.object("linux") { try readLinux(linux, &configuration) }
        placeDevices(&configuration)
        for other in ["windows", "solaris", "vm", "zos", "freebsd"] where root.members[other] != nil {
            warn("'\(other)' says nothing to this runtime and is passed over")
        }
        return configuration
    }

    private mutating func readLinux(_ linux: JSONObject, _ configuration: inout ContainerConfiguration) throws {
        try readNamespaces(linux, &configuration)
        configuration.kernelParameters = try linux.stringMap("sysctl")
        configuration.maskedPaths = try linux.strings("maskedPaths").map { FilePath($0) }
        configuration.readOnlyPaths = try linux.strings("readonlyPaths").map { FilePath($0) }
        for node in try linux.objects("devices").map({ try device($0) }) {
            guard DeviceNode.standard.contains(where: { $0.path == node.path }) else {
                configuration.devices.append(node)
                continue
            }
            if let made = node.made, made.mode.rawValue != 0o666 || made.user != 0 || made.group != 0 {
                warn("linux.devices: '\(node.path)' is a default device, which keeps its mode and owner")
            }
        }
        if let seccomp = try linux.object("seccomp") { configuration.seccomp = .custom(try profile(seccomp)) }
        configuration.cgroupPath = try cgroupPath(linux.string("cgroupsPath"))
        configuration.resources = try linux.object("resources").map { try resources($0) } ?? Resources()
        configuration.resources.devices =
            (configuration.resources.devices ?? [Resources.DeviceRule(allow: false)])
            + Resources.standardDevices.dropFirst()
        if let propagation = try linux.string("rootfsPropagation"), !propagation.isEmpty {
            guard let change = MountOptionTable.propagation[propagation] else {
                throw OCIError("linux.rootfsPropagation '\(propagation)' is unknown")
            }
            configuration.rootFilesystem.propagation = change
        }
        if let personality = try linux.object("personality") {
            switch try personality.required("domain") {
            case "LINUX": configuration.personality = 0
            case "LINUX32": configuration.personality = 8
            case let domain: throw OCIError("linux.personality.domain '\(domain)' is unknown")
            }
            if !(try personality.strings("flags")).isEmpty { throw OCIError("linux.personality.flags must be empty") }
        }
        if let policy = try linux.object("memoryPolicy") {
            configuration.process.memoryPolicy = try memoryPolicy(policy)
        }
        if let label = try linux.string("mountLabel"), !label.isEmpty {
            throw OCIError("linux.mountLabel needs SELinux, which this runtime does not support")
        }
        if let rdt = linux.members["intelRdt"], rdt != .null {
            throw OCIError("linux.intelRdt is not supported by this runtime")
        }
        if let devices = try linux.object("netDevices") {
            configuration.networkDevices = try devices.members.keys.sorted().map { name in
                NetworkDevice(name, as: try devices.object(name)?.string("name").flatMap { $0.isEmpty ? nil : $0 })
            }
        }
    }

    /// Without a mount at `/dev` the root's own gets the devices, as far as it has not got them.
    private mutating func placeDevices(_ configuration: inout ContainerConfiguration) {
        for mount in configuration.mounts { if case .devices = mount.source { return } }
        guard configuration.mounts.contains(where: { $0.target == "/dev" }) else {
            configuration.makesDevicesInRoot = true
            let standard = DeviceNode.standard.map(\.path)
            for index in configuration.devices.indices where standard.contains(configuration.devices[index].path) {
                configuration.devices[index].made?.keepsMode = true
            }
            return
        }
        // What is mounted there brings its own, and may be the host's.
        if configuration.devices.count <= DeviceNode.standard.count { return }
        warn("linux.devices: no device is made, as what is mounted at /dev is no tmpfs")
    }

    private func hooks() throws -> Hooks {
        var hooks = Hooks()
        guard let object = try root.object("hooks") else { return hooks }
        func list(_ key: String) throws -> [Hook] {
            try object.objects(key).map { hook in
                let timeout = try hook.integer("timeout", Int64.self)
                if let timeout, timeout <= 0 {
                    throw OCIError("\(hook.path).timeout is \(timeout): it must be greater than 0")
                }
                return Hook(
                    FilePath(try hook.required("path")),
                    arguments: try hook.strings("args"),
                    environment: try hook.strings("env"),
                    timeout: timeout.map { .seconds($0) }
                )
            }
        }
        hooks.prestart = try list("prestart")
        hooks.createRuntime = try list("createRuntime")
        hooks.createContainer = try list("createContainer")
        hooks.startContainer = try list("startContainer")
        hooks.poststart = try list("poststart")
        hooks.poststop = try list("poststop")
        return hooks
    }
}
