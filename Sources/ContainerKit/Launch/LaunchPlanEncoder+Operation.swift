// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import SystemPackage

extension LaunchPlanEncoder {
    /// One operation in the stage's form; strings and arrays go to the plan's data.
    mutating func encode(_ operation: StageOperation) -> nestbox_operation {
        switch operation {
        case .parentDeathSignal(let signal): make(NESTBOX_PARENT_DEATH_SIGNAL, number: Int64(signal.rawValue))
        case .newSession: make(NESTBOX_NEW_SESSION)
        case .joinCgroup(let slot, _): make(NESTBOX_JOIN_CGROUP, source: slot)
        case .joinNamespace(let slot, let kind): make(NESTBOX_SET_NAMESPACE, source: slot, value: kind.rawValue)
        case .unshare(let kind): make(NESTBOX_UNSHARE, value: kind.rawValue)
        case .isolateMounts: make(NESTBOX_PROPAGATION, value: MountAttributes.privatePropagation)
        case .newFilesystem(let type, let options, let attributes, let result):
            newFilesystem(type, options, attributes, result)
        case .cloneHostMount(let path, let recursive, let result):
            make(NESTBOX_CLONE_TREE, flags: recursive ? NESTBOX_RECURSIVE : nil, path: path, result: result)
        case .cloneFile(let slot, let result, _): make(NESTBOX_CLONE_TREE, source: slot, result: result)
        case .mountAttributes(let slot, let set, let recursive):
            make(NESTBOX_MOUNT_ATTRIBUTES, flags: recursive ? NESTBOX_RECURSIVE : nil, source: slot, value: set)
        case .openTarget(let root, let path, let kind, let followsLink, let result):
            openTarget(root, path, kind, followsLink, result)
        case .attach(let mount, let target, let path, _):
            make(NESTBOX_ATTACH, source: mount, target: target, path: path)
        case .changeRoot(let slot): make(NESTBOX_CHANGE_ROOT, source: slot)
        case .joinMounts(let slot, let root): make(NESTBOX_JOIN_MOUNTS, source: slot, result: root)
        case .enterRoot(let slot): make(NESTBOX_ENTER_ROOT, source: slot)
        case .makeDirectory(let slot, let path, let mode):
            make(NESTBOX_MAKE_DIRECTORY, target: slot, path: path, number: Int64(mode))
        case .makeFile(let slot, let path, let mode):
            make(NESTBOX_MAKE_FILE, target: slot, path: path, number: Int64(mode))
        case .makeLink(let slot, let path, let destination):
            make(NESTBOX_MAKE_LINK, target: slot, path: path, text: destination.string)
        case .mask(let slot, let path, let resolves, let cover, let shown):
            mask(slot, path, resolves, cover, isLikelyDirectory: Self.directories.contains(shown))
        case .makeReadOnly(let slot, let path, let resolves, _):
            make(NESTBOX_READ_ONLY, flags: resolves ? NESTBOX_PATH_OF_IMAGE : nil, target: slot, path: path)
        default: encodeProcess(operation)
        }
    }

    private mutating func encodeProcess(_ operation: StageOperation) -> nestbox_operation {
        switch operation {
        case .hostName(let name): make(NESTBOX_HOST_NAME, text: name)
        case .domainName(let name): make(NESTBOX_DOMAIN_NAME, text: name)
        case .loopback: make(NESTBOX_LOOPBACK)
        case .kernelParameter(let slot, let path, let value):
            make(NESTBOX_WRITE_KERNEL_VALUE, target: slot, path: path, text: value)
        case .oomScore(let slot, let score): make(NESTBOX_OOM_SCORE, target: slot, text: String(score))
        case .resourceLimit(let limit):
            make(
                NESTBOX_RESOURCE_LIMIT,
                number: Int64(limit.resource.rawValue),
                value: limit.soft,
                value2: limit.hard
            )
        case .fileModeMask(let mask): make(NESTBOX_FILE_MODE_MASK, number: Int64(mask.rawValue))
        case .groups(let primary, let supplementary):
            make(
                NESTBOX_GROUPS,
                number: Int64(primary),
                data: values(supplementary),
                length: UInt32(supplementary.count * 4)
            )
        case .primaryGroup(let group): make(NESTBOX_GROUPS, flags: NESTBOX_KEEP_GROUPS, number: Int64(group))
        case .boundingSet(let kept):
            make(NESTBOX_BOUNDING_SET, number: Int64(Capability.lastKnownToKernel), value: kept.rawValue)
        case .user(let user): make(NESTBOX_USER, number: Int64(user))
        case .capabilities(let sets): capabilities(sets)
        case .noNewPrivileges: make(NESTBOX_NO_NEW_PRIVILEGES)
        case .workingDirectory(let path): make(NESTBOX_WORKING_DIRECTORY, path: path)
        case .gate(let slot): make(NESTBOX_GATE, source: slot)
        case .seccomp(let program, let flags):
            make(NESTBOX_SECCOMP, value: UInt64(flags), data: values(program), length: UInt32(program.count))
        case .descriptors(let slots):
            make(NESTBOX_DESCRIPTORS, data: values(slots.map(\.index)), length: UInt32(slots.count * 4))
        case .defaultSignals(let ignored): make(NESTBOX_SIGNALS, value: ignored)
        case .runInit: make(NESTBOX_INIT)
        case .notDumpable: make(NESTBOX_NOT_DUMPABLE)
        case .close(let slot): make(NESTBOX_CLOSE, source: slot)
        case .becomeSibling: make(NESTBOX_SIBLING)
        case .openTerminal(let socket, let devices, let size, let owner, let result):
            make(
                NESTBOX_OPEN_TERMINAL,
                source: socket,
                target: devices,
                result: result,
                number: size.map { Int64($0.rows) << 16 | Int64($0.columns) } ?? 0,
                value: UInt64(owner)
            )
        case .controlTerminal(let slot): make(NESTBOX_CONTROL_TERMINAL, source: slot)
        case .execute(let candidates, let arguments, let environment):
            make(
                NESTBOX_EXECUTE,
                value: vector(arguments),
                value2: vector(environment),
                data: UInt32(truncatingIfNeeded: vector(candidates))
            )
        default: encodeFurther(operation)
        }
    }

    private mutating func encodeFurther(_ operation: StageOperation) -> nestbox_operation {
        switch operation {
        case .changeMount(let slot, let change, _):
            make(
                NESTBOX_MOUNT_ATTRIBUTES,
                flags: change.isRecursive ? NESTBOX_RECURSIVE : nil,
                source: slot,
                number: Int64(change.propagation),
                value: change.set,
                value2: change.clear
            )
        case .makeNode(let slot, let path, let node):
            make(
                NESTBOX_MAKE_NODE,
                target: slot,
                path: path,
                number: node.typeAndMode,
                value: node.device,
                value2: node.owner
            )
        case .makeDevice(let root, let path, let node, let result):
            make(
                NESTBOX_MAKE_DEVICE,
                flags: node.keepsMode ? NESTBOX_KEEP_MODE : nil,
                source: root,
                path: path.relativeToRoot,
                result: result,
                number: node.typeAndMode,
                value: node.device,
                value2: node.owner
            )
        case .expectMount(let slot, _): make(NESTBOX_EXPECT_MOUNT, source: slot)
        case .expectDevice(let slot, let node, let allowsEmptyFile, _):
            make(
                NESTBOX_EXPECT_DEVICE,
                flags: allowsEmptyFile ? NESTBOX_EMPTY_FILE : nil,
                source: slot,
                number: Int64(node.kind.bits),
                value: node.device
            )
        case .cloneChild(let slot, let path, let result, _):
            make(NESTBOX_CLONE_CHILD, target: slot, path: path, result: result)
        case .timeOffsets(let slot, let text): make(NESTBOX_TIME_OFFSETS, target: slot, text: text)
        case .personality(let value): make(NESTBOX_PERSONALITY, number: Int64(value))
        case .scheduling(let scheduling):
            make(NESTBOX_SCHEDULER, data: aligned(scheduling.attributes), length: 48)
        case .ioPriority(let priority): make(NESTBOX_IO_PRIORITY, number: Int64(priority.value))
        case .processors(let list):
            make(NESTBOX_AFFINITY, data: values(CPUList.mask(list)), length: UInt32(CPUList.mask(list).count * 8))
        case .memoryPolicy(let policy):
            make(
                NESTBOX_MEMORY_POLICY,
                number: Int64(policy.mode.rawValue | policy.flags.rawValue),
                data: values(CPUList.mask(policy.nodes)),
                length: UInt32(CPUList.mask(policy.nodes).count * 8)
            )
        case .newKeyring(let name): make(NESTBOX_NEW_KEYRING, text: name)
        case .find(let candidates, _): make(NESTBOX_FIND, data: UInt32(truncatingIfNeeded: vector(candidates)))
        case .hook(let state, let hook):
            make(
                NESTBOX_HOOK,
                source: state,
                text: hook.path.string,
                number: Int64(hook.timeout.map { max(1, $0.components.seconds) } ?? 0),
                value: vector(hook.arguments.isEmpty ? [hook.path.string] : hook.arguments),
                value2: vector(hook.environment)
            )
        case .tellListener(let socket, let state): make(NESTBOX_TELL_LISTENER, source: socket, target: state)
        default: preconditionFailure("every operation has its encoding: \(operation)")
        }
    }

    private mutating func newFilesystem(
        _ type: String,
        _ options: [Mount.FilesystemOption],
        _ attributes: UInt64,
        _ result: Slot
    ) -> nestbox_operation {
        let list = self.options(options)
        return make(
            NESTBOX_NEW_FILESYSTEM,
            result: result,
            text: type,
            value: attributes,
            data: list.offset,
            length: list.length
        )
    }

    private mutating func openTarget(
        _ root: Slot,
        _ path: FilePath,
        _ kind: StageOperation.TargetKind,
        _ followsLink: Bool,
        _ result: Slot
    ) -> nestbox_operation {
        let missing: nestbox_operation_flags? =
            switch kind {
            case .directory: NESTBOX_MAKE_TARGET_DIRECTORY
            case .file: NESTBOX_MAKE_TARGET_FILE
            case .existing: nil
            }
        let relative = path.relativeToRoot
        var operation = make(
            NESTBOX_OPEN_TARGET,
            flags: missing,
            source: root,
            path: relative.isEmpty ? "." : relative,
            result: result
        )
        if followsLink { operation.flags |= UInt16(NESTBOX_FOLLOW_LINK.rawValue) }
        return operation
    }

    /// The kernel's directories among the paths that are masked by default; a wrong guess costs a call.
    private static let directories: Set<FilePath> = [
        "/proc/acpi", "/proc/asound", "/proc/scsi", "/sys/devices/virtual/powercap", "/sys/firmware",
    ]

    private mutating func mask(
        _ slot: Slot,
        _ path: FilePath,
        _ resolvesInRoot: Bool,
        _ cover: StageOperation.Cover,
        isLikelyDirectory: Bool
    ) -> nestbox_operation {
        var operation = make(NESTBOX_MASK, source: cover.null, target: slot, path: path, result: cover.empty)
        if resolvesInRoot { operation.flags |= UInt16(NESTBOX_PATH_OF_IMAGE.rawValue) }
        if isLikelyDirectory { operation.flags |= UInt16(NESTBOX_LIKELY_DIRECTORY.rawValue) }
        if cover.isNullAttached { operation.flags |= UInt16(NESTBOX_NULL_IS_ATTACHED.rawValue) }
        return operation
    }

    private mutating func capabilities(_ sets: ProcessCapabilities) -> nestbox_operation {
        let masks = [sets.effective, sets.permitted, sets.inheritable, sets.ambient].map(\.rawValue)
        return make(NESTBOX_CAPABILITIES, data: values(masks), length: UInt32(masks.count * 8))
    }

    private mutating func make(
        _ kind: nestbox_operation_kind,
        flags: nestbox_operation_flags? = nil,
        source: Slot? = nil,
        target: Slot? = nil,
        path: FilePath? = nil,
        result: Slot? = nil,
        text: String? = nil,
        number: Int64 = 0,
        value: UInt64 = 0,
        value2: UInt64 = 0,
        data: UInt32 = 0,
        length: UInt32? = nil
    ) -> nestbox_operation {
        var operation = nestbox_operation()
        operation.kind = UInt16(kind.rawValue)
        operation.flags = UInt16(flags?.rawValue ?? 0)
        operation.source = source?.index ?? -1
        operation.target = target?.index ?? -1
        operation.result = result?.index ?? -1
        operation.number = number
        operation.value = value
        operation.value2 = value2
        operation.path = path.map { string($0) } ?? 0
        operation.text = text.map { string($0) } ?? 0
        operation.data = data
        operation.length = length ?? UInt32(text?.utf8.count ?? 0)
        return operation
    }
}
