// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerNetwork
internal import SystemPackage

/// The host forwards packets while anyone's lease lives, in whatever process and for whatever root.
///
/// What was switched on is written down, so that the last one switches exactly that off again, also when the process
/// that switched it on has died.
final class ForwardingLease: Sendable {
    /// Where processes of all roots meet.
    static let meeting: FilePath = "/run/nestbox"

    private let directory: FilePath
    private let share: FileLock

    private init(directory: FilePath, share: FileLock) {
        self.directory = directory
        self.share = share
    }

    private static func directory(of host: NetworkNamespace) -> FilePath {
        meeting.appending("forwarding-\(host.inode)")
    }

    private static func record(in directory: FilePath) -> StateFile<[String]> {
        StateFile(path: directory.appending("switched-on.json"))
    }

    /// Takes a lease, and switches on what a network needs.
    ///
    /// The calling thread is in the host's namespace.
    static func take(for network: BridgeConfiguration, on host: NetworkNamespace) throws -> ForwardingLease {
        let directory = Self.directory(of: host)
        try Directory(directory).make()
        let lock = try FileLock.acquire(directory.appending("lock"))
        defer { withExtendedLifetime(lock) {} }
        let lease = ForwardingLease(directory: directory, share: try .share(directory.appending("users")))
        let switches = HostForwarding(host: host)
        do {
            try switches.enableHere(network, routesLoopback: false)
        } catch {
            try lease.write(switches.turnedOn)
            throw error
        }
        try lease.write(switches.turnedOn)
        return lease
    }

    /// Gives the lease back; the last one restores what was there before.
    ///
    /// The calling thread is in the host's namespace.
    func end() {
        guard let lock = try? FileLock.acquire(directory.appending("lock")) else { return }
        defer { withExtendedLifetime(lock) {} }
        guard share.claimAlone() else { return }
        Self.restore(directory)
    }

    /// Restores what dead processes switched on, if nobody has a lease.
    static func sweep(_ host: NetworkNamespace) {
        let directory = Self.directory(of: host)
        guard FileVersion(record(in: directory).path) != nil,
            let lock = try? FileLock.acquire(directory.appending("lock"))
        else { return }
        defer { withExtendedLifetime(lock) {} }
        guard let users = try? FileLock.share(directory.appending("users")), users.claimAlone() else { return }
        restore(directory)
    }

    private static func restore(_ directory: FilePath) {
        let file = record(in: directory)
        if let switches = try? file.read() { HostForwarding.turnOffHere(switches) }
        try? FileVersion.remove(file.path)
    }

    private func write(_ switches: [String]) throws {
        guard !switches.isEmpty else { return }
        let file = Self.record(in: directory)
        let known = (try? file.read()) ?? []
        try file.write(known + switches.filter { !known.contains($0) }, isDurable: false)
    }
}
