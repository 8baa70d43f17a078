// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import SystemPackage

extension SpecificationReader {
    mutating func mount(_ object: JSONObject) throws -> Mount {
        let target = FilePath(try object.required("destination"))
        // Relative ones are of before version 1.0.2 and are taken below the root, as every other runtime does.
        let place = target.isAbsolute ? target : FilePath("/").pushing(target)
        let type = try object.string("type") ?? ""
        let options = try object.strings("options")
        var exact = ExactMountOptions()
        var data: [Mount.FilesystemOption] = []
        var others: MountOptions = []
        var map: Mount.IdentityMap?
        var bind: Bool?
        var mapsItselfAlone = false
        let changesWhatIsThere = options.contains("remount")
        for option in options {
            if let reason = MountOptionTable.unanswered[option] {
                warn("\(object.path).options: '\(option)' \(reason)")
            }
            if let change = MountOptionTable.attributes[option] {
                exact.own.apply(change)
            } else if option.hasPrefix("r"), let change = MountOptionTable.attributes[String(option.dropFirst())] {
                exact.below.apply(change)
            } else if let change = MountOptionTable.propagation[option] {
                exact.propagation.append(change)
            } else if MountOptionTable.withoutEffect.contains(option) {
                continue
            } else {
                switch option {
                case "bind": bind = bind ?? false
                case "rbind": bind = true
                case "remount": continue
                case "tmpcopyup": others.insert(.copiesUp)
                case "idmap", "ridmap":
                    map = .container
                    mapsItselfAlone = option == "idmap"
                case "copy-symlink": others.insert(.followsLink)
                default: data.append(Self.option(option))
                }
            }
        }
        let users = try mappings(object, "uidMappings")
        let groups = try mappings(object, "gidMappings")
        if !users.isEmpty || !groups.isEmpty { map = .ranges(UserNamespace(users: users, groups: groups)) }
        if changesWhatIsThere {
            let reason = "remount changes what the mount forbids, not its filesystem"
            try refuse(data.map(\.key), of: object, because: reason)
            if map != nil || others.contains(.copiesUp) {
                throw OCIError("\(object.path).options: 'remount' can neither map users nor copy files up")
            }
        }
        let isBind = !changesWhatIsThere && (bind != nil || type == "bind")
        if map != nil { try checkMap(object, users, groups, isBind: isBind) }
        if isBind { warnOfPassedOver(object, data) }
        if others.contains(.copiesUp), isBind || type != "tmpfs" || place == "/dev" {
            warn("\(object.path).options: 'tmpcopyup' is for a tmpfs that is not /dev, and is passed over")
        }
        let source = changesWhatIsThere ? .existing : try source(object, type, place, data, bind)
        var mount = Mount(source, at: place, options: others)
        mount.exact = exact
        mount.identityMap = map
        mount.mapsItselfAlone = mapsItselfAlone
        return mount
    }

    /// A map has to say of users and of groups, or the container has to have users of its own.
    private func checkMap(
        _ object: JSONObject,
        _ users: [UserNamespace.Mapping],
        _ groups: [UserNamespace.Mapping],
        isBind: Bool
    ) throws {
        guard isBind else { throw OCIError("\(object.path) maps users, which only a bind mount can") }
        guard users.isEmpty == groups.isEmpty else {
            throw OCIError("\(object.path) has only one of uidMappings and gidMappings: both are needed")
        }
        guard users.isEmpty else { return }
        let namespaces = try root.object("linux")?.objects("namespaces") ?? []
        // Of users that are joined, the map is not known here.
        let hasOwn = try namespaces.contains { try $0.string("type") == "user" && ($0.string("path") ?? "").isEmpty }
        if !hasOwn {
            throw OCIError("\(object.path) asks for a map, but has none and neither has the container users of its own")
        }
    }

    /// Words that ask for nothing that is not so anyway.
    private static let usual: Set<String> = ["async", "nolazytime"]

    private func refuse(_ words: [String], of object: JSONObject, because reason: String) throws {
        guard let word = words.first(where: { !Self.usual.contains($0) }) else { return }
        throw OCIError("\(object.path).options: '\(word)' can't be had: \(reason)")
    }

    /// The kernel takes nothing of a filesystem's options with a bind mount, and does not say so.
    private mutating func warnOfPassedOver(_ object: JSONObject, _ data: [Mount.FilesystemOption]) {
        for word in data.map(\.key) where !Self.usual.contains(word) {
            warn("\(object.path).options: '\(word)' says nothing of a bind mount and is passed over")
        }
    }

    private func source(
        _ object: JSONObject,
        _ type: String,
        _ target: FilePath,
        _ data: [Mount.FilesystemOption],
        _ bind: Bool?
    ) throws -> Mount.Source {
        if bind != nil || type == "bind" {
            let path = FilePath(try object.required("source"))
            return .bind(path.isAbsolute ? path : bundle.pushing(path), recursive: bind ?? false)
        }
        switch type {
        case "cgroup", "cgroup2":
            // Those of the hierarchy are the host's.
            let reason = "the control groups that the mount shows are the host's filesystem, which stays as it is"
            try refuse(data.map(\.key), of: object, because: reason)
            return .cgroup
        case "tmpfs" where target == "/dev": return .devices(options: data)
        case "": throw OCIError("\(object.path).type is missing")
        default:
            var data = data
            let kernelOnly: Set<String> = ["proc", "sysfs", "tmpfs", "mqueue", "devpts", "none"]
            if !kernelOnly.contains(type), let source = try object.string("source"), !source.isEmpty {
                data.append(Mount.FilesystemOption("source", source))
            }
            return .filesystem(type: type, options: data)
        }
    }

    private static func option(_ text: String) -> Mount.FilesystemOption {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return Mount.FilesystemOption(String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }
}

extension MountChange {
    /// A later word takes back what an earlier one said.
    fileprivate mutating func apply(_ change: MountChange) {
        self.set = self.set & ~change.clear | change.set
        self.clear = clear & ~change.set | change.clear
    }
}
