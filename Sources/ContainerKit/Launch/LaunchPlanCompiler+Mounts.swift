// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import SystemPackage

extension LaunchPlanCompiler {
    /// What the compiler has made so far that later operations refer to.
    private struct MadeMounts {
        /// The mount for each of the configuration's mounts, in order.
        var slots: [Slot] = []
        /// The container's procfs: the configured one, or one that is never attached.
        var processes: Slot?
        /// Our own kernel filesystems, by target.
        ///
        /// Nobody else has touched them, so paths on them need no care.
        var trusted: [(target: FilePath, slot: Slot)] = []
        /// The device nodes, in the configuration's order.
        var devices: [Slot] = []
        /// The groups' directories, in the inputs' order.
        var groups: [Slot] = []
        /// What masked paths are covered with.
        var cover: StageOperation.Cover?
    }

    /// The root filesystem and everything in it.
    mutating func compileMounts() {
        operations.append(.isolateMounts)
        var made = MadeMounts()
        for (index, mount) in configuration.mounts.enumerated() { make(mount, index: index, &made) }
        cloneDevices(&made)
        makeHelpers(&made)
        operations.append(.changeRoot(inputs.root))
        for (index, mount) in configuration.mounts.enumerated() { attach(mount, index: index, made) }
        writeKernelParameters(made)
        makeReadOnly(made)
        mask(made)
        if configuration.rootFilesystem.isReadOnly {
            operations.append(.mountAttributes(inputs.root, set: MountAttributes.readOnly, recursive: false))
        }
    }

    // MARK: Making

    private mutating func make(_ mount: Mount, index: Int, _ made: inout MadeMounts) {
        let slot = inputs.mounts[index]?.mount ?? makeSlot()
        made.slots.append(slot)
        switch mount.source {
        case .bind: break
        case .filesystem(let type, let options):
            newFilesystem(type, options.filter { isUsable($0) }, mount.options.attributes, slot)
            if type == "proc" { made.processes = slot }
            if type == "proc" || type == "sysfs" { made.trusted.append((mount.target, slot)) }
        case .devices(let options):
            newFilesystem("tmpfs", options, mount.options.attributes, slot)
        case .cgroup:
            switch inputs.controlGroups {
            case .unified: newFilesystem("cgroup2", [], mount.options.attributes, slot)
            case .legacy:
                // It gets its directories first and becomes read-only after.
                let attributes = mount.options.subtracting(.readOnly).attributes
                newFilesystem("tmpfs", [Mount.FilesystemOption("mode", "755")], attributes, slot)
                cloneControlGroups(&made)
            case .none: break
            }
        }
    }

    private mutating func newFilesystem(
        _ type: String,
        _ options: [Mount.FilesystemOption],
        _ attributes: UInt64,
        _ slot: Slot
    ) {
        operations.append(.newFilesystem(type: type, options: options, attributes: attributes, into: slot))
    }

    /// A group that the user namespace does not map can own nothing in it.
    private func isUsable(_ option: Mount.FilesystemOption) -> Bool {
        guard option.key == "gid", let user = configuration.namespaces.user, let group = UInt32(option.value) else {
            return true
        }
        return user.groups.contains { $0.inside <= group && group - $0.inside < $0.count }
    }

    private mutating func makeHelpers(_ made: inout MadeMounts) {
        let needsProcesses = !configuration.kernelParameters.isEmpty || configuration.process.oomScoreAdjustment != nil
        if made.processes == nil, needsProcesses {
            let slot = makeSlot()
            made.processes = slot
            newFilesystem("proc", [], MountOptions.confined.attributes, slot)
        }
        if let score = configuration.process.oomScoreAdjustment, let processes = made.processes {
            operations.append(.oomScore(processes, score))
        }
        if !configuration.maskedPaths.isEmpty { makeCover(&made) }
    }

    /// Nodes are the host's, taken from its tree while the stage still sees it.
    private mutating func cloneDevices(_ made: inout MadeMounts) {
        guard configuration.mounts.contains(where: \.isDevices) else { return }
        for node in configuration.devices { made.devices.append(cloneHostMount(node.hostPath)) }
    }

    private mutating func cloneControlGroups(_ made: inout MadeMounts) {
        guard case .legacy(let views) = inputs.controlGroups else { return }
        made.groups = views.map { cloneHostMount($0.path) }
    }

    private mutating func cloneHostMount(_ path: FilePath) -> Slot {
        let slot = makeSlot()
        operations.append(.cloneHostMount(path, into: slot))
        return slot
    }

    private mutating func makeCover(_ made: inout MadeMounts) {
        let empty = makeSlot()
        newFilesystem("tmpfs", [], MountOptions.confined.union(.readOnly).attributes, empty)
        let own = zip(configuration.devices, made.devices).first { $0.0.hostPath == "/dev/null" }?.1
        made.cover = StageOperation.Cover(
            null: own ?? cloneHostMount("/dev/null"),
            isNullAttached: own != nil,
            empty: empty
        )
    }

    // MARK: Attaching

    private mutating func attach(_ mount: Mount, index: Int, _ made: MadeMounts) {
        if case .cgroup = mount.source, inputs.controlGroups == .none { return }
        let slot = made.slots[index]
        let isDirectory = inputs.mounts[index]?.isDirectory ?? true
        if isDirectory, let (parent, name) = freshParent(of: mount, index: index, made) {
            operations.append(.makeDirectory(parent, path: name, mode: 0o755))
            operations.append(.attach(slot, at: parent, path: name, shown: mount.target))
        } else {
            let target = makeSlot()
            operations.append(
                .openTarget(
                    root: inputs.root,
                    path: mount.target,
                    kind: isDirectory ? .directory : .file,
                    followsLink: mount.options.contains(.followsLink),
                    into: target
                )
            )
            operations.append(.attach(slot, at: target, path: "", shown: mount.target))
        }
        switch mount.source {
        case .devices: fillDevices(slot, at: mount.target, made)
        case .cgroup: fillControlGroups(slot, mount, made)
        case .bind, .filesystem: break
        }
    }

    /// The `/dev` that this mount goes directly into, if it is one we have just made and no other mount claims the
    /// name: then nothing has to be resolved.
    private func freshParent(of mount: Mount, index: Int, _ made: MadeMounts) -> (Slot, FilePath)? {
        for (earlier, candidate) in configuration.mounts.enumerated().prefix(index) {
            guard case .devices = candidate.source, let name = mount.target.below(candidate.target) else { continue }
            let isOnly = configuration.mounts.indices.allSatisfy {
                $0 == index || !configuration.mounts[$0].target.starts(with: mount.target) || $0 > index
            }
            return name.components.count == 1 && isOnly ? (made.slots[earlier], name) : nil
        }
        return nil
    }

    private mutating func fillDevices(_ slot: Slot, at directory: FilePath, _ made: MadeMounts) {
        for (device, node) in zip(configuration.devices, made.devices) {
            if let name = device.path.below(directory), name.components.count == 1 {
                operations.append(.makeFile(slot, path: name, mode: 0o666))
                operations.append(.attach(node, at: slot, path: name, shown: device.path))
            } else {
                let target = makeSlot()
                operations.append(
                    .openTarget(root: inputs.root, path: device.path, kind: .file, followsLink: false, into: target)
                )
                operations.append(.attach(node, at: target, path: "", shown: device.path))
            }
        }
        let links: [(FilePath, FilePath)] = [
            ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"),
            ("stderr", "/proc/self/fd/2"), ("core", "/proc/kcore"), ("ptmx", "pts/ptmx"),
        ]
        for (name, target) in links { operations.append(.makeLink(slot, path: name, to: target)) }
        // One call for the nodes' mounts, which is what is below by now.
        let attributes = MountAttributes.noSetUserID | MountAttributes.noExecution
        operations.append(.mountAttributes(slot, set: attributes, recursive: true))
    }

    private mutating func fillControlGroups(_ slot: Slot, _ mount: Mount, _ made: MadeMounts) {
        guard case .legacy(let views) = inputs.controlGroups else { return }
        for (view, group) in zip(views, made.groups) {
            let name = FilePath(view.name)
            operations.append(.makeDirectory(slot, path: name, mode: 0o555))
            operations.append(.attach(group, at: slot, path: name, shown: mount.target.appending(view.name)))
        }
        operations.append(.mountAttributes(slot, set: mount.options.attributes, recursive: true))
    }

    // MARK: Hiding

    private mutating func writeKernelParameters(_ made: MadeMounts) {
        guard let processes = made.processes else { return }
        for (key, value) in configuration.kernelParameters.sorted(by: { $0.key < $1.key }) {
            operations.append(.kernelParameter(processes, path: KernelParameter.path(of: key), value: value))
        }
    }

    private mutating func makeReadOnly(_ made: MadeMounts) {
        for path in configuration.readOnlyPaths {
            let (slot, relative, resolves) = place(of: path, made)
            operations.append(.makeReadOnly(slot, path: relative, resolvesInRoot: resolves, shown: path))
        }
    }

    private mutating func mask(_ made: MadeMounts) {
        guard let cover = made.cover else { return }
        for path in configuration.maskedPaths {
            let (slot, relative, resolves) = place(of: path, made)
            operations.append(.mask(slot, path: relative, resolvesInRoot: resolves, cover: cover, shown: path))
        }
    }

    private func place(of path: FilePath, _ made: MadeMounts) -> (Slot, FilePath, Bool) {
        for (target, slot) in made.trusted {
            if let relative = path.below(target) { return (slot, relative, false) }
        }
        return (inputs.root, path.relativeToRoot, true)
    }

    /// Names and the network, once the container has its own.
    mutating func compileKernelValues() {
        if let name = configuration.hostName { operations.append(.hostName(name)) }
        if let name = configuration.domainName { operations.append(.domainName(name)) }
        if configuration.namespaces.network == .new { operations.append(.loopback) }
    }
}
