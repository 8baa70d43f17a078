// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerNetwork
internal import SystemPackage

/// The networks' records and who is connected, on disk; no packet knows of it.
///
/// ```
/// networks/lock                    held while any of it changes
/// networks/NAME/network.json       the record
/// networks/NAME/endpoints.json     who is connected; worth nothing after a restart of the machine
/// networks/NAME/users              a lock that each process shares that has containers there
/// networks/NAME/up                 is there while the host may have the bridge
/// ```
struct NetworkStore: Sendable {
    let directory: FilePath

    private func path(_ name: String) -> FilePath { directory.appending(name) }
    func users(_ name: String) -> FilePath { path(name).appending("users") }
    private func mark(_ name: String) -> FilePath { path(name).appending("up") }
    private func record(_ name: String) -> StateFile<NetworkRecord> {
        StateFile(path: path(name).appending("network.json"))
    }
    private func places(_ name: String) -> FilePath { path(name).appending("endpoints.json") }

    /// Runs something while no other process changes networks; it may block, so not on a task's thread.
    func withLock<Result>(_ body: () throws -> Result) throws -> Result {
        let lock = try FileLock.acquire(directory.appending("lock"))
        return try withExtendedLifetime(lock) { try body() }
    }

    // MARK: Records

    /// The networks, by name.
    func records() throws -> [NetworkRecord] {
        try Directory(directory).names.compactMap { try? record($0).read() }.sorted { $0.name < $1.name }
    }

    /// The network of a name, an identifier, or the beginning of one.
    func record(of text: String) throws -> NetworkRecord? {
        if let component = FilePath.Component(text), component.kind == .regular, let found = try? record(text).read() {
            return found
        }
        let matches = text.count < 4 ? [] : try records().filter { $0.identifier.hasPrefix(text) }
        return matches.count == 1 ? matches[0] : nil
    }

    func write(_ network: NetworkRecord) throws {
        try Directory(path(network.name)).make()
        try record(network.name).write(network)
    }

    func remove(_ network: NetworkRecord) throws {
        try Directory(path(network.name)).removeTree()
    }

    // MARK: Who is connected

    func endpoints(of network: String) -> NetworkEndpoints {
        // After a power failure the file may be empty, and every container is gone.
        (try? StateFile<NetworkEndpoints>(path: places(network)).read()) ?? NetworkEndpoints()
    }

    func write(_ endpoints: NetworkEndpoints, of network: String) throws {
        try StateFile<NetworkEndpoints>(path: places(network)).write(endpoints, isDurable: false)
    }

    /// What changes when anyone connects or disconnects.
    func version(of network: String) -> FileVersion? {
        FileVersion(places(network))
    }

    // MARK: Whether the host has the bridge

    func isUp(_ network: String) -> Bool { FileVersion(mark(network)) != nil }

    func markUp(_ network: String) throws {
        try StateFile<Bool>(path: mark(network)).write(true, isDurable: false)
    }

    func markDown(_ network: String) {
        try? FileVersion.remove(mark(network))
    }

    /// The rules for all networks that the host has.
    func rules() throws -> FilterRules {
        let present = try records().filter { isUp($0.name) }
        let ports = present.flatMap { endpoints(of: $0.name).places.values.flatMap(\.ports) }
        return FilterRules(networks: present.map(\.configuration), ports: ports.map(\.rule), routesLoopback: false)
    }
}
