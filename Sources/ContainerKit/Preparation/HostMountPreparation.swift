// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import SystemPackage

/// Opens what a container gets of the host: bind mounts, existing namespaces.
///
/// The clones are attached nowhere, so the kernel frees them with their descriptors whatever happens.
struct HostMountPreparation {
    let fault: LaunchFault

    /// A bind mount's source, with its options in force.
    func bind(
        _ source: FilePath,
        recursive: Bool,
        mount configured: Mount,
        map: UserNamespaceHandle?
    ) throws -> ClonedMount {
        let operation = "clone bind mount"
        try fault.before(operation, source)
        var isMapping = false
        do throws(Errno) {
            let mount = try Descriptor.take(nestbox_open_tree(AT_FDCWD, source.string, recursive ? 1 : 0))
                .aboveStandardStreams()
            if let map {
                isMapping = true
                try mount.map(by: map, recursive: recursive && !configured.mapsItselfAlone)
                isMapping = false
            }
            for change in configured.changes(recursive: recursive) { try mount.change(change) }
            let isDirectory = try FileKind(of: mount).isDirectory
            return ClonedMount(descriptor: mount, isDirectory: isDirectory)
        } catch {
            throw ContainerError(
                .mount,
                "bind mount source '\(source)' can't be used" + (isMapping ? Self.whyNotMapped : ""),
                operation: operation,
                path: source,
                errno: error
            )
        }
    }

    /// What is wrong where the kernel refuses to show files with other owners.
    static let whyNotMapped =
        ": its filesystem, or one mounted in it, can't show files as owned by others, which a container with users of"
        + " its own needs (ID-mapped mounts)"

    /// A mount that someone has made before, attached nowhere.
    func prepared(_ mount: FileDescriptor, _ configured: Mount) throws -> ClonedMount {
        let operation = "take prepared mount"
        try fault.before(operation, configured.target)
        do throws(Errno) {
            let duplicate = try Descriptor.duplicate(mount)
            for change in configured.changes(recursive: true) { try duplicate.change(change) }
            let isDirectory = try FileKind(of: duplicate).isDirectory
            return ClonedMount(descriptor: duplicate, isDirectory: isDirectory)
        } catch {
            throw ContainerError(
                .mount,
                "the mount that was prepared for '\(configured.target)' can't be used",
                operation: operation,
                path: configured.target,
                errno: error
            )
        }
    }

    /// A namespace that the container joins.
    func namespace(_ path: FilePath, _ kind: NamespaceKind) throws -> Descriptor {
        let operation = "open \(kind) namespace"
        try fault.before(operation, path)
        do {
            let file = try Descriptor.take(
                nestbox_openat2(AT_FDCWD, path.string, UInt64(O_RDONLY | O_CLOEXEC | O_NONBLOCK), 0, 0)
            ).aboveStandardStreams()
            let found = NamespaceKind(rawValue: nestbox_namespace_kind(file.rawValue))
            guard found == kind else { throw ContainerError(path, isNo: kind, but: found) }
            return file
        } catch let errno as Errno {
            throw ContainerError(
                .namespace,
                "\(kind) namespace '\(path)' can't be joined",
                operation: operation,
                path: path,
                errno: errno
            )
        }
    }
}

extension ContainerError {
    /// A file was named for a namespace of one kind and is another's, or no namespace's.
    fileprivate init(_ path: FilePath, isNo kind: NamespaceKind, but found: NamespaceKind) {
        let what = found.isEmpty ? "it is no namespace's file" : "it is the file of a \(found) namespace"
        self.init(
            .namespace,
            "\(kind) namespace '\(path)' can't be joined: \(what)",
            operation: "join \(kind) namespace",
            path: path,
            errno: .invalidArgument
        )
    }
}

extension Mount {
    /// What changes of a bind mount.
    func changes(recursive: Bool) -> [MountChange] {
        guard let exact else {
            let change = MountChange(
                set: options.attributes,
                propagation: options.propagation,
                isRecursive: recursive
            )
            return [change.normalized]
        }
        // A clone is of the host's peer group until it is made private.
        let isolated = MountChange(propagation: MountAttributes.privatePropagation, isRecursive: recursive)
        return (exact.propagation.isEmpty ? [isolated] : []) + exact.changes
    }
}
