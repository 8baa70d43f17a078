// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import SystemPackage

extension SpecificationReader {
    func mount(_ object: JSONObject) throws -> Mount {
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
        for option in options {
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
                case "tmpcopyup": others.insert(.copiesUp)
                case "idmap", "ridmap": map = .container
                case "copy-symlink": others.insert(.followsLink)
                default: data.append(Self.option(option))
                }
            }
        }
        let users = try mappings(object, "uidMappings")
        let groups = try mappings(object, "gidMappings")
        if !users.isEmpty || !groups.isEmpty { map = .ranges(UserNamespace(users: users, groups: groups)) }
        var mount = Mount(try source(object, type, place, data, bind), at: place, options: others)
        mount.exact = exact
        mount.identityMap = map
        return mount
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
        case "cgroup", "cgroup2": return .cgroup
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
