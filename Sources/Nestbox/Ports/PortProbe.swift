// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerNetwork
internal import Glibc
internal import SystemPackage

/// Finds out whether something listens.
enum PortProbe {
    /// How long an answer may take: the container is on this machine.
    private static let patience = Duration.milliseconds(200)

    /// Whether something listens at an address.
    static func answers(_ address: IPAddress, port: UInt16) async -> Bool {
        let kind = CInt(bitPattern: SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.isIPv6 ? AF_INET6 : AF_INET, kind, 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return await connects(descriptor, address, port)
    }

    /// Whether something listens on the loopback of a namespace.
    static func answers(in namespace: NetworkNamespace, port: UInt16) async -> Bool {
        guard let home = try? NetworkNamespace.current(),
            let descriptor = try? namespace.makeStreamSocket(returningTo: home)
        else { return false }
        defer { try? descriptor.close() }
        return await connects(descriptor.rawValue, .loopback, port)
    }

    /// Looks again and again rather than to hold up a thread: nearly always the first look says it.
    private static func connects(_ descriptor: CInt, _ address: IPAddress, _ port: UInt16) async -> Bool {
        guard SocketName.connect(descriptor, to: address, port: port) else { return false }
        let deadline = ContinuousClock.now + patience
        while true {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            if poll(&waiting, 1, 0) == 1 { break }
            guard ContinuousClock.now < deadline, (try? await Task.sleep(for: .milliseconds(1))) != nil else {
                return false
            }
        }
        var failure: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size)
        return failure == 0
    }
}
