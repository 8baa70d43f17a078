// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// Where a container's root filesystem comes from.
///
/// It is mounted apart from the host's tree and attached inside the container only, so the host never sees the mount.
public struct RootFilesystem: Hashable, Sendable {
    /// How the root filesystem is made.
    package enum Source: Hashable, Sendable {
        case directory(FilePath)
        case overlay(layers: [FilePath], writable: WritableLayer?)
    }

    /// The directories that take an overlay's changes.
    ///
    /// Both must be on one filesystem.
    public struct WritableLayer: Hashable, Sendable {
        /// The directory that holds what the container writes (`upperdir`).
        public var upper: FilePath
        /// An empty directory for the kernel's use (`workdir`).
        public var work: FilePath
        /// Whether what is written need not survive a crash of the machine.
        ///
        /// The kernel then writes nothing back when the container ends, which otherwise waits for the whole
        /// filesystem. Neither directory can be used again after. For containers whose changes go with them.
        public var isVolatile: Bool

        /// Creates a writable layer.
        ///
        /// - Parameters:
        ///   - upper: The directory that holds what the container writes.
        ///   - work: An empty directory on the same filesystem.
        ///   - isVolatile: Whether what is written need not survive a crash of the machine.
        public init(upper: FilePath, work: FilePath, isVolatile: Bool = false) {
            self.upper = upper
            self.work = work
            self.isVolatile = isVolatile
        }
    }

    package var source: Source

    private init(_ source: Source, isReadOnly: Bool) {
        self.source = source
        self.isReadOnly = isReadOnly
    }

    /// Whether the container may not write to its root filesystem.
    public var isReadOnly: Bool

    /// Whether device nodes in it can be opened, which then only control groups restrict.
    package var allowsDevices = false

    /// How mounts that the container makes later spread; `nil` keeps them to itself.
    package var propagation: MountChange?

    /// A directory of the host, used as it is.
    ///
    /// - Parameters:
    ///   - path: An absolute path.
    ///   - isReadOnly: Whether the container may not write to it.
    /// - Returns: The root filesystem.
    public static func directory(_ path: FilePath, isReadOnly: Bool = false) -> RootFilesystem {
        RootFilesystem(.directory(path), isReadOnly: isReadOnly)
    }

    /// Image layers, overlaid.
    ///
    /// - Parameters:
    ///   - layers: Absolute paths, the topmost layer first (the order of overlayfs' `lowerdir`). At least one.
    ///   - writable: Where changes go; without it the root filesystem is read-only.
    /// - Returns: The root filesystem.
    public static func overlay(layers: [FilePath], writable: WritableLayer?) -> RootFilesystem {
        RootFilesystem(.overlay(layers: layers, writable: writable), isReadOnly: writable == nil)
    }
}
