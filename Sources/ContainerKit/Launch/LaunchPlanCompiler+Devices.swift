// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import SystemPackage

extension LaunchPlanCompiler {
    /// Nodes are the host's, taken from its tree while the stage still sees it.
    mutating func cloneDevices(_ made: inout MadeMounts) {
        guard configuration.makesDevicesInRoot || configuration.mounts.contains(where: \.isDevices) else { return }
        for node in configuration.devices {
            // Where nodes can be made they are, in the fresh /dev; elsewhere the host's node is bound.
            made.devices.append(isMade(node) ? nil : cloneHostMount(node.hostPath))
        }
    }

    private func isMade(_ node: DeviceNode) -> Bool {
        guard inputs.makesNodes, node.made != nil, configuration.namespaces.user == nil,
            configuration.namespaces.joinedUser == nil
        else {
            return false
        }
        return true
    }

    private func isInDevices(_ node: DeviceNode) -> Bool {
        configuration.mounts.contains { $0.isDevices && node.path.below($0.target) != nil }
    }

    /// Nodes outside a fresh `/dev`, when all else is mounted; what is there already has to be the same device.
    mutating func placeOutside(_ made: MadeMounts) {
        for (device, node) in zip(configuration.devices, made.devices) where !isInDevices(device) {
            let target = makeSlot()
            if let node {
                operations.append(
                    .openTarget(root: inputs.root, path: device.path, kind: .file, followsLink: false, into: target)
                )
                if let wanted = device.made {
                    operations.append(.expectDevice(node, wanted, allowsEmptyFile: false, shown: device.hostPath))
                    operations.append(.expectDevice(target, wanted, allowsEmptyFile: true, shown: device.path))
                }
                operations.append(.attach(node, at: target, path: "", shown: device.path))
            } else if let wanted = device.made {
                operations.append(.makeDevice(root: inputs.root, path: device.path, node: wanted, into: target))
                // On itself, as what it lies on may refuse devices.
                if wanted.kind != .pipe { allowDevice(target, path: "", at: device.path) }
            }
        }
    }

    private mutating func allowDevice(_ slot: Slot, path: FilePath, at shown: FilePath) {
        let usable = makeSlot()
        operations.append(.cloneChild(slot, path: path, into: usable, shown: shown))
        operations.append(.changeMount(usable, MountChange(clear: MountAttributes.noDevices), shown: shown))
        operations.append(.attach(usable, at: slot, path: path, shown: shown))
    }

    mutating func fillDevices(_ slot: Slot, at directory: FilePath, _ made: MadeMounts) {
        var directories: Set<FilePath> = []
        for (device, node) in zip(configuration.devices, made.devices) {
            guard let relative = device.path.below(directory) else { continue }
            if let node, relative.components.count != 1 {
                let target = makeSlot()
                operations.append(
                    .openTarget(root: inputs.root, path: device.path, kind: .file, followsLink: false, into: target)
                )
                operations.append(.attach(node, at: target, path: "", shown: device.path))
            } else {
                makeParents(of: relative, in: slot, &directories)
                place(device, node, at: relative, in: slot)
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

    private mutating func makeParents(of path: FilePath, in slot: Slot, _ made: inout Set<FilePath>) {
        var parent = FilePath()
        for component in path.components.dropLast() {
            parent.append(component)
            if made.insert(parent).inserted { operations.append(.makeDirectory(slot, path: parent, mode: 0o755)) }
        }
    }

    /// A node in a fresh `/dev`.
    ///
    /// That filesystem refuses devices, whoever makes nodes on it; each of ours is mounted onto itself without the refusal.
    private mutating func place(_ device: DeviceNode, _ node: Slot?, at path: FilePath, in slot: Slot) {
        guard let made = device.made, node == nil else {
            guard let node else { return }
            operations.append(.makeFile(slot, path: path, mode: 0o666))
            operations.append(.attach(node, at: slot, path: path, shown: device.path))
            return
        }
        operations.append(.makeNode(slot, path: path, node: made))
        if made.kind != .pipe { allowDevice(slot, path: path, at: device.path) }
    }
}
