// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// A device node of the host that a container sees.
public struct DeviceNode: Hashable, Sendable {
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

    /// The nodes that the OCI runtime specification asks for in every container.
    public static let standard: [DeviceNode] = [
        DeviceNode("/dev/null"), DeviceNode("/dev/zero"), DeviceNode("/dev/full"),
        DeviceNode("/dev/random"), DeviceNode("/dev/urandom"), DeviceNode("/dev/tty"),
    ]
}
