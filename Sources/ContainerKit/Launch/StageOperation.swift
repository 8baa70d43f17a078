// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

package import SystemPackage

/// A place for a descriptor in a launch plan.
///
/// The host fills some before the clone, operations fill others.
package struct Slot: Hashable, Sendable {
    package let index: Int32

    package init(_ index: Int) {
        self.index = Int32(index)
    }
}

/// One step that the stage takes between the clone and the container's own program.
///
/// The plan is a list of these values. They hold no pointers and no descriptors, only slots, so that a plan can be
/// printed and tested without privileges. `nestbox_plan.h` defines the form in which the stage reads them.
package enum StageOperation: Hashable, Sendable {
    /// What a target becomes where it is missing.
    package enum TargetKind: Hashable, Sendable {
        case directory
        case file
        /// Nothing: it has to be there.
        case existing
    }

    /// What masked paths are covered with.
    package struct Cover: Hashable, Sendable {
        /// The null device, for files.
        package var null: Slot
        /// Whether the null device is one of the container's own nodes.
        package var isNullAttached: Bool
        /// An empty mount, for directories.
        package var empty: Slot
    }

    case parentDeathSignal(Signal)
    case newSession
    case joinCgroup(Slot, name: String)
    case joinNamespace(Slot, kind: NamespaceKind)
    case unshare(NamespaceKind)
    case isolateMounts
    case newFilesystem(type: String, options: [Mount.FilesystemOption], attributes: UInt64, into: Slot)
    case cloneHostMount(FilePath, recursive: Bool, into: Slot)
    case cloneFile(Slot, into: Slot, shown: FilePath)
    case mountAttributes(Slot, set: UInt64, recursive: Bool)
    case openTarget(root: Slot, path: FilePath, kind: TargetKind, followsLink: Bool, into: Slot)
    case attach(Slot, at: Slot?, path: FilePath, shown: FilePath)
    case changeRoot(Slot)
    case joinMounts(Slot, root: Slot?)
    case enterRoot(Slot)
    case makeDirectory(Slot, path: FilePath, mode: UInt32)
    case makeFile(Slot, path: FilePath, mode: UInt32)
    case makeLink(Slot, path: FilePath, to: FilePath)
    case mask(Slot, path: FilePath, resolvesInRoot: Bool, cover: Cover, shown: FilePath)
    case makeReadOnly(Slot, path: FilePath, resolvesInRoot: Bool, shown: FilePath)
    case hostName(String)
    case domainName(String)
    case loopback
    case kernelParameter(Slot, path: FilePath, value: String)
    case oomScore(Slot, Int)
    case resourceLimit(ResourceLimit)
    case fileModeMask(FilePermissions)
    case groups(primary: UInt32, supplementary: [UInt32])
    case primaryGroup(UInt32)
    case boundingSet(CapabilitySet)
    case user(UInt32)
    case capabilities(ProcessCapabilities)
    case noNewPrivileges
    case workingDirectory(FilePath)
    case gate(Slot)
    case seccomp([UInt8], flags: UInt32)
    case descriptors([Slot])
    case defaultSignals(ignored: UInt64)
    case runInit
    case notDumpable
    case close(Slot)
    case becomeSibling
    case openTerminal(socket: Slot, devices: Slot?, size: Terminal.Size?, owner: UInt32, into: Slot)
    case controlTerminal(Slot)
    case changeMount(Slot, MountChange, shown: FilePath)
    case makeNode(Slot, path: FilePath, node: DeviceNode.Made)
    /// In the root filesystem itself, or found there.
    case makeDevice(root: Slot, path: FilePath, node: DeviceNode.Made, into: Slot)
    case expectMount(Slot, shown: FilePath)
    case expectDevice(Slot, DeviceNode.Made, allowsEmptyFile: Bool, shown: FilePath)
    case cloneChild(Slot, path: FilePath, into: Slot, shown: FilePath)
    case timeOffsets(Slot, String)
    case personality(UInt32)
    case scheduling(Scheduling)
    case ioPriority(IOPriority)
    case processors(String)
    case memoryPolicy(MemoryPolicy)
    case newKeyring(String)
    case find(candidates: [String], program: String)
    case hook(Slot, Hook)
    case tellListener(Slot, state: Slot)
    case execute(candidates: [String], arguments: [String], environment: [String])
}
