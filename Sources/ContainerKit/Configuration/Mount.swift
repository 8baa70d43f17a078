// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// Something mounted into a container's root filesystem.
public struct Mount: Hashable, Sendable {
    /// What is mounted.
    package enum Source: Hashable, Sendable {
        /// A file or directory of the host.
        case bind(FilePath, recursive: Bool)
        /// A mount that is attached nowhere, by its descriptor.
        case prepared(FileDescriptor)
        /// A new filesystem of this type.
        case filesystem(type: String, options: [FilesystemOption])
        /// A fresh `/dev` with the configuration's device nodes and Docker's links.
        case devices(options: [FilesystemOption])
        /// The container's own control groups.
        case cgroup
        /// What has been mounted at the target before, whose options change.
        case existing
    }

    /// An option of a filesystem, such as `size` to `64m`; without a value it is a flag.
    package struct FilesystemOption: Hashable, Sendable {
        package var key: String
        package var value: String

        package init(_ key: String, _ value: String = "") {
            self.key = key
            self.value = value
        }
    }

    /// What is mounted.
    package var source: Source

    /// Where: an absolute path in the container.
    ///
    /// Missing directories are made, in the root filesystem and nowhere else.
    ///
    /// A target that is itself a link out of the root is refused.
    public var target: FilePath

    /// What the mount forbids, and how changes of it spread.
    public var options: MountOptions

    /// Whose files are shown as whose; only for bind mounts.
    public var identityMap: IdentityMap?

    /// Whether ``identityMap`` leaves out what is mounted below.
    package var mapsItselfAlone = false

    /// The options one by one, where they were given so.
    package var exact: ExactMountOptions?

    package init(_ source: Source, at target: FilePath, options: MountOptions) {
        self.source = source
        self.target = target
        self.options = options
    }

    /// A file or directory of the host.
    ///
    /// - Parameters:
    ///   - path: An absolute path on the host that exists.
    ///   - target: An absolute path in the container.
    ///   - options: What the mount forbids. Device nodes are never usable unless ``MountOptions/allowsDevices`` is set.
    ///   - recursive: Whether what is mounted below `path` comes along. As with Docker, it does by default.
    /// - Returns: The mount.
    public static func bind(
        _ path: FilePath,
        at target: FilePath,
        options: MountOptions = MountOptions(),
        recursive: Bool = true
    ) -> Mount {
        Mount(.bind(path, recursive: recursive), at: target, options: options)
    }

    /// A mount that was made before and is attached nowhere, such as a part of the host's tree whose files are shown as
    /// owned by others (`open_tree(2)`, `mount_setattr(2)`).
    ///
    /// It is attached to one container; the descriptor stays the caller's. Needs root.
    ///
    /// - Parameters:
    ///   - mount: The mount's descriptor, open until the container has been made.
    ///   - target: An absolute path in the container.
    ///   - options: What the mount forbids.
    /// - Returns: The mount.
    public static func prepared(
        _ mount: FileDescriptor,
        at target: FilePath,
        options: MountOptions = MountOptions()
    ) -> Mount {
        Mount(.prepared(mount), at: target, options: options)
    }

    /// Memory that lasts as long as the container.
    ///
    /// - Parameters:
    ///   - target: An absolute path in the container.
    ///   - size: The limit in bytes; half of the memory where `nil`.
    ///   - mode: The permissions of the directory.
    ///   - options: What the mount forbids.
    /// - Returns: The mount.
    public static func temporary(
        at target: FilePath,
        size: UInt64? = nil,
        mode: FilePermissions = [.ownerReadWriteExecute, .groupReadWriteExecute, .otherReadWriteExecute, .saveText],
        options: MountOptions = .confined
    ) -> Mount {
        var settings = [FilesystemOption("mode", String(mode.rawValue, radix: 8))]
        if let size { settings.append(FilesystemOption("size", String(size))) }
        return Mount(.filesystem(type: "tmpfs", options: settings), at: target, options: options)
    }
}

extension Mount {
    /// Whether this is a fresh `/dev`.
    var isDevices: Bool {
        if case .devices = source { true } else { false }
    }

    /// Whether this is an instance of the kernel's pseudoterminals.
    var isPseudoterminals: Bool {
        if case .filesystem("devpts", _) = source { true } else { false }
    }
}
