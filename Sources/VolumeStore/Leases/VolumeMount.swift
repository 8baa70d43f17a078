// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// A volume that is ready to be bound into a container: a lease, and what to bind.
public struct VolumeMount: Sendable, Hashable {
    /// The volume.
    public let volume: Volume

    /// The right to use it, until ``VolumeStore/release(_:)``.
    public let lease: VolumeLease

    /// The directory on the host to bind-mount.
    ///
    /// It is a real directory, never a link.
    public let source: FilePath

    /// Whether the bind mount must be made read-only.
    public var isReadOnly: Bool { lease.access == .readOnly }
}
