// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import SystemPackage

/// Clones what a container gets of the host's tree: bind mounts, device nodes, its control groups' directories.
///
/// The clones are attached nowhere, so the kernel frees them with their descriptors whatever happens.
struct HostMountPreparation {
    let fault: LaunchFault

    /// A bind mount's source, with its options in force.
    func bind(_ source: FilePath, recursive: Bool, options: MountOptions) throws -> ClonedMount {
        let operation = "clone bind mount"
        try fault.before(operation, source)
        do throws(Errno) {
            let mount = try Descriptor.take(nestbox_open_tree(AT_FDCWD, source.string, recursive ? 1 : 0))
                .aboveStandardStreams()
            try mount.setAttributes(recursive: recursive, set: options.attributes, propagation: options.propagation)
            let isDirectory = try FileKind(of: mount).isDirectory
            return ClonedMount(descriptor: mount, isDirectory: isDirectory)
        } catch {
            throw ContainerError(
                .mount, "bind mount source '\(source)' can't be used", operation: operation, path: source, errno: error)
        }
    }

    /// A device node of the host.
    func device(_ node: DeviceNode) throws -> Descriptor {
        let operation = "clone device node"
        try fault.before(operation, node.hostPath)
        do {
            let mount = try Descriptor.take(nestbox_open_tree(AT_FDCWD, node.hostPath.string, 0)).aboveStandardStreams()
            guard try FileKind(of: mount).isDevice else {
                throw ContainerError(
                    .mount, "'\(node.hostPath)' is no device", operation: operation, path: node.hostPath)
            }
            let attributes = MountAttributes.noSetUserID | MountAttributes.noExecution
            try mount.setAttributes(
                recursive: false, set: attributes, propagation: MountAttributes.privatePropagation)
            return mount
        } catch let errno as Errno {
            throw ContainerError(
                .mount, "device '\(node.hostPath)' can't be used", operation: operation, path: node.hostPath,
                errno: errno)
        }
    }

    /// The host's null device, which masks files. It is checked to be that device and no other (CVE-2025-31133).
    func null() throws -> Descriptor {
        let path: FilePath = "/dev/null"
        let mount = try device(DeviceNode(path))
        guard try FileKind(of: mount).isNullDevice else {
            throw ContainerError(
                .mount, "the host's /dev/null is not the null device", operation: "clone device node", path: path)
        }
        return mount
    }

    /// A control group's directory, read-only.
    func controlGroup(_ path: FilePath) throws -> Descriptor {
        let operation = "clone control group directory"
        try fault.before(operation, path)
        do throws(Errno) {
            let mount = try Descriptor.take(nestbox_open_tree(AT_FDCWD, path.string, 0)).aboveStandardStreams()
            let options = MountOptions.confined.union(.readOnly)
            try mount.setAttributes(
                recursive: false, set: options.attributes, propagation: MountAttributes.privatePropagation)
            return mount
        } catch {
            throw ContainerError(
                .cgroup, "the container's control group can't be shown to it", operation: operation, path: path,
                errno: error)
        }
    }

    /// A namespace that the container joins.
    func namespace(_ path: FilePath, _ kind: NamespaceKind) throws -> Descriptor {
        let operation = "open \(kind) namespace"
        try fault.before(operation, path)
        do {
            return try Descriptor.take(nestbox_openat2(AT_FDCWD, path.string, UInt64(O_RDONLY | O_CLOEXEC), 0, 0))
                .aboveStandardStreams()
        } catch {
            throw ContainerError(
                .namespace, "\(kind) namespace '\(path)' can't be joined", operation: operation, path: path,
                errno: error)
        }
    }
}
