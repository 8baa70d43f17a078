// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import SystemPackage

extension ContainerConfiguration {
    /// The configuration as a process with these rights can have it.
    ///
    /// Pure. Without rights a container gets a user namespace, whose root is the user that this process is; what would
    /// need more is refused.
    ///
    /// - Parameters:
    ///   - rights: What this process may do.
    ///   - controlsDevices: Whether rules about devices can be put in force.
    /// - Returns: What is launched.
    /// - Throws: ``ContainerError`` for what the rights do not allow.
    func adapted(
        to rights: HostRights,
        controlsDevices: @autoclosure () -> Bool
    ) throws(ContainerError) -> ContainerConfiguration {
        var adapted = self
        if !rights.maySetUp {
            try requireNoRights()
            if namespaces.user == nil, namespaces.joinedUser == nil {
                if case .join = namespaces.process {
                    throw .withoutRights("joining a process namespace", "alone; join its user namespace as well")
                }
                adapted.namespaces.user = rights.userNamespace
            }
            try adapted.requireGroups(rights)
        }
        // No device can be made or opened in a user namespace but what is bound there: the rules would add nothing.
        let mayLack = !rights.maySetUp || rights.isNested
        if mayLack, resources.devices != nil, !controlsDevices() { adapted.resources.devices = nil }
        if adapted.namespaces.user != nil { adapted.bindSharedKernelFilesystems() }
        return adapted
    }

    /// Has the container made without control groups; limits that it asks for are then refused.
    package mutating func leaveOutGroups() {
        hasGroups = false
        resources.devices = nil
    }

    private func requireNoRights() throws(ContainerError) {
        if let path = namespaces.joinedMount { throw .withoutRights("joining a mount namespace", "('\(path)')") }
        if let device = networkDevices.first { throw .withoutRights("moving network device", "'\(device.name)'") }
        if mapsFiles { throw .withoutRights("showing files as owned by others", "(mapsFiles)") }
        for mount in mounts {
            switch mount.identityMap {
            case .container, .ranges:
                throw .withoutRights("showing files as owned by others", "at '\(mount.target)'")
            case .unchanged, nil: break
            }
            if case .prepared = mount.source { throw .withoutRights("a prepared mount", "at '\(mount.target)'") }
            if mount.options.contains(.copiesUp) {
                throw .withoutRights("copying what is there into memory", "at '\(mount.target)'")
            }
        }
    }

    private func requireGroups(_ rights: HostRights) throws(ContainerError) {
        guard let user = namespaces.user, rights.writer(of: user) == .own else { return }
        if !process.user.supplementaryGroups.isEmpty {
            throw .withoutRights(
                "supplementary groups need a range of groups in /etc/subgid, and newgidmap;",
                "setting them"
            )
        }
    }

    /// A user namespace may not mount the kernel's filesystems for namespaces that it does not own; they are shown as
    /// the host has them.
    private mutating func bindSharedKernelFilesystems() {
        let own: [String: (Namespaces.Choice, FilePath)] = [
            "sysfs": (namespaces.network, "/sys"), "proc": (namespaces.process, "/proc"),
            "mqueue": (namespaces.ipc, "/dev/mqueue"),
        ]
        for (index, mount) in mounts.enumerated() {
            guard case .filesystem(let type, _) = mount.source, let (choice, path) = own[type], choice == .host else {
                continue
            }
            var bound = Mount(.bind(path, recursive: true), at: mount.target, options: mount.options)
            bound.exact = mount.exact
            bound.identityMap = .unchanged
            mounts[index] = bound
        }
    }
}

extension ContainerError {
    fileprivate static func withoutRights(_ what: String, _ detail: String) -> ContainerError {
        ContainerError(.unsupported, "\(what) \(detail) needs root")
    }
}
