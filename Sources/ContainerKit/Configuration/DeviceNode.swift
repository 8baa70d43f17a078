// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
public import SystemPackage

/// A device node that a container sees: one of the host's, or one made for it.
public struct DeviceNode: Hashable, Sendable {
    /// What sort of device a node is.
    public enum Kind: Hashable, Sendable {
        /// Read and written in characters.
        case character
        /// Read and written in blocks.
        case block
        /// A named pipe, which is no device but made in the same way.
        case pipe

        /// The kernel's bits of a file's mode.
        var bits: UInt32 {
            switch self {
            case .character: S_IFCHR
            case .block: S_IFBLK
            case .pipe: S_IFIFO
            }
        }
    }

    /// A node that is made for the container.
    package struct Made: Hashable, Sendable {
        package var kind: Kind
        package var major: UInt32
        package var minor: UInt32
        package var mode: FilePermissions
        package var user: UInt32
        package var group: UInt32
        /// Whether a node that is there already, outside a fresh `/dev`, keeps its mode and owner.
        package var keepsMode = false

        /// The kernel's form of the numbers (`makedev(3)`, in 32 bits).
        var device: UInt64 {
            UInt64(minor & 0xff | (major & 0xfff) << 8 | (minor & ~0xff) << 12)
        }

        /// The type and the permissions as the kernel has them in one number.
        var typeAndMode: Int64 { Int64(kind.bits | UInt32(mode.rawValue)) }

        /// The user and the group in one number.
        var owner: UInt64 { UInt64(user) << 32 | UInt64(group) }
    }

    /// How the node is made, if it is not the host's.
    package var made: Made?

    /// The node on the host; an absolute path.
    public var hostPath: FilePath

    /// The node in the container; an absolute path below `/dev`.
    public var path: FilePath

    /// Creates a device node.
    ///
    /// - Parameters:
    ///   - hostPath: The node on the host.
    ///   - path: The node in the container; the same as on the host where `nil`.
    public init(_ hostPath: FilePath, at path: FilePath? = nil) {
        self.hostPath = hostPath
        self.path = path ?? hostPath
    }

    /// A node that is made for the container, whether or not the host has one.
    ///
    /// It lies on a filesystem of its own, which the container can't add to. In a user namespace no node can be made;
    /// there the host's node at `path` is bound.
    ///
    /// - Parameters:
    ///   - kind: What sort of device.
    ///   - major: The driver's number.
    ///   - minor: The device's number.
    ///   - path: The node in the container.
    ///   - mode: Who may use it.
    ///   - user: Its owner.
    ///   - group: Its group.
    /// - Returns: The node.
    public static func make(
        _ kind: Kind,
        major: UInt32,
        minor: UInt32,
        at path: FilePath,
        mode: FilePermissions = FilePermissions(rawValue: 0o666),
        user: UInt32 = 0,
        group: UInt32 = 0
    ) -> DeviceNode {
        var node = DeviceNode(path)
        node.made = Made(kind: kind, major: major, minor: minor, mode: mode, user: user, group: group)
        return node
    }

    /// The nodes that the OCI runtime specification asks for in every container.
    public static let standard: [DeviceNode] = [
        DeviceNode("/dev/null"), DeviceNode("/dev/zero"), DeviceNode("/dev/full"),
        DeviceNode("/dev/random"), DeviceNode("/dev/urandom"), DeviceNode("/dev/tty"),
    ]
}

extension DeviceNode.Made: CustomStringConvertible {
    package var description: String {
        switch kind {
        case .character: "character device \(major):\(minor)"
        case .block: "block device \(major):\(minor)"
        case .pipe: "a named pipe"
        }
    }
}
