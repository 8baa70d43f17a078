// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import ContainerNetwork
internal import Synchronization
internal import SystemPackage

/// A container's network while its program runs: the namespace, its place on a network, its name server.
final class ContainerConnection: Sendable {
    /// How published ports reach the container's programs.
    enum Reach: Sendable {
        /// By its address.
        case address(IPAddress)
        /// By the loopback of its namespace.
        case loopback
        /// Not at all: its programs are on the host or in another container.
        case none
    }

    let plane: NetworkPlane
    /// The namespace; `nil` for the host's own.
    let namespace: NetworkNamespace?
    let reach: Reach
    /// The files that say who the container is and who it asks.
    let files: ContainerDirectory
    private let service: NameService?
    /// The container's identifier, if it can be on networks.
    private let container: String?
    /// Whether the namespace is this container's own.
    private let ownsNamespace: Bool
    private let descriptor: Mutex<FileDescriptor?>

    init(
        plane: NetworkPlane,
        namespace: NetworkNamespace?,
        reach: Reach,
        files: ContainerDirectory,
        container: String? = nil,
        service: NameService? = nil,
        ownsNamespace: Bool = true
    ) throws {
        self.plane = plane
        self.namespace = namespace
        self.reach = reach
        self.files = files
        self.container = container
        self.service = service
        self.ownsNamespace = ownsNamespace
        descriptor = Mutex(try namespace?.duplicateDescriptor())
    }

    deinit {
        try? descriptor.withLock { $0.take() }?.close()
    }

    /// What the container's configuration says about its network namespace.
    var choice: Namespaces.Choice {
        guard let number = descriptor.withLock({ $0?.rawValue }) else { return .host }
        return .join(FilePath("/proc/self/fd/\(number)"))
    }

    /// The container is made: the path is needed no more.
    func wasJoined() {
        try? descriptor.withLock { $0.take() }?.close()
        plane.pool.refill()
    }

    /// Takes the container off its network.
    func end() async {
        service?.stop()
        if let container { await plane.disconnectAll(container) }
        try? descriptor.withLock { $0.take() }?.close()
        if ownsNamespace { namespace?.close() }
    }
}
