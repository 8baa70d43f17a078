// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import SystemPackage

extension LaunchPlanCompiler {
    /// What the compiler has made so far that later operations refer to.
    struct MadeMounts {
        /// The mount for each of the configuration's mounts, in order.
        var slots: [Slot] = []
        /// The container's procfs: the configured one, or one that is never attached.
        var processes: Slot?
        /// Our own kernel filesystems, by target.
        ///
        /// Nobody else has touched them, so paths on them need no care.
        var trusted: [(target: FilePath, slot: Slot)] = []
        /// The device nodes, in the configuration's order.
        ///
        /// `nil` for one that is made in the container's `/dev`.
        var devices: [Slot?] = []
        /// The groups' directories, in the inputs' order.
        var groups: [Slot] = []
        /// What masked paths are covered with.
        var cover: StageOperation.Cover?
    }

    /// The root filesystem and everything in it.
    mutating func compileMounts() {
        operations.append(.isolateMounts)
        makeRoot()
        var made = MadeMounts()
        for (index, mount) in configuration.mounts.enumerated() { make(mount, index: index, &made) }
        cloneDevices(&made)
        makeHelpers(&made)
        // Hooks expect the root filesystem at its place on the host, with all mounts in it.
        let runsHooks = configuration.hooks.runBeforeRoot
        let keepsRoot = inputs.joinedMounts != nil && configuration.changesNothingOfRoot
        if runsHooks, !keepsRoot, let place = configuration.rootFilesystem.place {
            operations.append(.attach(inputs.root, at: nil, path: place, shown: place))
        }
        if !runsHooks, !keepsRoot { operations.append(.changeRoot(inputs.root)) }
        for (index, mount) in configuration.mounts.enumerated() { attach(mount, index: index, made) }
        placeOutside(made)
        if let gate = inputs.hookGate { operations.append(.gate(gate)) }
        if runsHooks {
            compileHooks()
            if !keepsRoot { operations.append(.changeRoot(inputs.root)) }
        }
        openTerminal(made)
        writeKernelParameters(made)
        makeReadOnly(made)
        mask(made)
        if configuration.rootFilesystem.isReadOnly {
            operations.append(.mountAttributes(inputs.root, set: MountAttributes.readOnly, recursive: false))
        }
        if let propagation = configuration.rootFilesystem.propagation {
            operations.append(.changeMount(inputs.root, propagation, shown: "/"))
        }
    }

    private mutating func compileHooks() {
        guard let state = inputs.states?.creating else { return }
        for hook in configuration.hooks.createContainer { operations.append(.hook(state, hook)) }
    }

    // MARK: Making

    /// The root filesystem, where the host application may not mount it.
    private mutating func makeRoot() {
        let refused = configuration.rootFilesystem.allowsDevices ? 0 : MountAttributes.noDevices
        switch inputs.stageRoot {
        case .directory(let path):
            operations.append(.cloneHostMount(path, recursive: true, into: inputs.root))
            // Not of the host's peer group: what is mounted in the container would appear on the host.
            let change = MountChange(
                set: refused,
                propagation: MountAttributes.privatePropagation,
                isRecursive: true
            )
            operations.append(.changeMount(inputs.root, change, shown: "/"))
        case .overlay(let options): newFilesystem("overlay", options, refused, inputs.root)
        case nil: break
        }
    }

    private mutating func make(_ mount: Mount, index: Int, _ made: inout MadeMounts) {
        let slot = inputs.mounts[index]?.mount ?? makeSlot()
        made.slots.append(slot)
        switch mount.source {
        case .bind(let path, let recursive):
            guard inputs.mounts[index]?.isLeftToStage == true else { break }
            operations.append(.cloneHostMount(path, recursive: recursive, into: slot))
            for change in mount.changes(recursive: recursive) {
                operations.append(.changeMount(slot, change, shown: mount.target))
            }
        case .prepared, .existing: break
        case .filesystem(let type, let options):
            guard inputs.mounts[index] == nil else { break }
            newFilesystem(type, options.filter { isUsable($0) }, mount.attributes, slot)
            if type == "proc" { made.processes = slot }
            if type == "proc" || type == "sysfs" { made.trusted.append((mount.target, slot)) }
        case .devices(let options):
            newFilesystem("tmpfs", options, mount.attributes, slot)
        case .cgroup:
            switch inputs.controlGroups {
            case .unified: newFilesystem("cgroup2", [], mount.attributes, slot)
            case .legacy:
                // It gets its directories first and becomes read-only after.
                let attributes = mount.attributes & ~MountAttributes.readOnly
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
        let needsProcesses =
            !configuration.kernelParameters.isEmpty || configuration.process.oomScoreAdjustment != nil
            || configuration.namespaces.time == .new
        if made.processes == nil, needsProcesses {
            let slot = makeSlot()
            made.processes = slot
            newFilesystem("proc", [], MountOptions.confined.attributes, slot)
        }
        if configuration.namespaces.time == .new, let processes = made.processes {
            operations.append(.timeOffsets(processes, configuration.namespaces.offsetText))
        }
        if let score = configuration.process.oomScoreAdjustment, let processes = made.processes {
            operations.append(.oomScore(processes, score))
        }
        if !configuration.maskedPaths.isEmpty { makeCover(&made) }
    }

    private mutating func cloneControlGroups(_ made: inout MadeMounts) {
        guard case .legacy(let views) = inputs.controlGroups else { return }
        made.groups = views.map { cloneHostMount($0.path) }
    }

    mutating func cloneHostMount(_ path: FilePath) -> Slot {
        let slot = makeSlot()
        operations.append(.cloneHostMount(path, recursive: false, into: slot))
        return slot
    }

    private mutating func makeCover(_ made: inout MadeMounts) {
        let empty = makeSlot()
        newFilesystem("tmpfs", [], MountOptions.confined.union(.readOnly).attributes, empty)
        let own = zip(configuration.devices, made.devices).first { $0.0.hostPath == "/dev/null" }?.1 ?? nil
        made.cover = StageOperation.Cover(
            null: own ?? cloneHostMount("/dev/null"),
            isNullAttached: own != nil,
            empty: empty
        )
    }

    // MARK: Attaching

    private mutating func attach(_ mount: Mount, index: Int, _ made: MadeMounts) {
        if case .cgroup = mount.source, inputs.controlGroups == .none { return }
        if case .existing = mount.source { return change(mount) }
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
        case .bind, .prepared, .existing: return
        case .filesystem: break
        }
        for change in mount.exact?.propagation ?? [] {
            operations.append(.changeMount(slot, change, shown: mount.target))
        }
    }

    /// What the options name changes, all else of the mount stays as it is.
    private mutating func change(_ mount: Mount) {
        let target = makeSlot()
        operations.append(
            .openTarget(root: inputs.root, path: mount.target, kind: .existing, followsLink: false, into: target)
        )
        operations.append(.expectMount(target, shown: mount.target))
        for change in mount.exact?.changes ?? [] {
            operations.append(.changeMount(target, change, shown: mount.target))
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

    private mutating func fillControlGroups(_ slot: Slot, _ mount: Mount, _ made: MadeMounts) {
        guard case .legacy(let views) = inputs.controlGroups else { return }
        for (view, group) in zip(views, made.groups) {
            let name = FilePath(view.name)
            operations.append(.makeDirectory(slot, path: name, mode: 0o555))
            operations.append(.attach(group, at: slot, path: name, shown: mount.target.appending(view.name)))
        }
        guard let exact = mount.exact else {
            operations.append(.mountAttributes(slot, set: mount.attributes, recursive: true))
            return
        }
        // To those who look it is one mount: what is said of it is said of the groups in it.
        for var change in [exact.below.normalized, exact.own.normalized] where !change.isEmpty {
            change.isRecursive = true
            operations.append(.changeMount(slot, change, shown: mount.target))
        }
    }

    /// The program's terminal, in the container's own devpts, and as `/dev/console` where we have made `/dev`.
    private mutating func openTerminal(_ made: MadeMounts) {
        guard let socket = inputs.terminal else { return }
        let instance = configuration.mounts.firstIndex { $0.isPseudoterminals }
        let terminal = makeSlot()
        self.terminal = terminal
        operations.append(
            .openTerminal(
                socket: socket,
                devices: instance.map { made.slots[$0] },
                size: configuration.process.terminal,
                owner: inputs.identity.user,
                into: terminal
            )
        )
        operations.append(.close(socket))
        guard let devices = configuration.mounts.firstIndex(where: \.isDevices),
            !configuration.mounts.contains(where: { $0.target == "/dev/console" }),
            !configuration.devices.contains(where: { $0.path == "/dev/console" })
        else { return }
        let console = configuration.mounts[devices].target.appending("console")
        let node = makeSlot()
        operations.append(.cloneFile(terminal, into: node, shown: console))
        operations.append(.makeFile(made.slots[devices], path: "console", mode: 0o620))
        operations.append(.attach(node, at: made.slots[devices], path: "console", shown: console))
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

extension Namespaces {
    /// The lines for `timens_offsets` (`time_namespaces(7)`).
    fileprivate var offsetText: String {
        var lines = ""
        for (clock, offset) in [("monotonic", monotonicOffset), ("boottime", bootTimeOffset)] where offset != .zero {
            let (seconds, attoseconds) = offset.components
            let nanoseconds = attoseconds / 1_000_000_000
            // The kernel takes a positive number of nanoseconds only.
            let (whole, rest) = nanoseconds < 0 ? (seconds - 1, nanoseconds + 1_000_000_000) : (seconds, nanoseconds)
            lines += "\(clock) \(whole) \(rest)\n"
        }
        return lines
    }
}

extension RootFilesystem {
    /// Where hooks look for the root filesystem on the host.
    fileprivate var place: FilePath? {
        switch source {
        case .directory(let path): path
        case .overlay(_, let writable): writable?.upper
        }
    }
}

extension Mount {
    /// The attributes that a new filesystem is mounted with.
    var attributes: UInt64 {
        guard let exact else { return options.attributes }
        return (exact.own.set | exact.below.set) & ~exact.own.clear
    }
}
