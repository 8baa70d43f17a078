// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Synchronization

/// A runtime's user namespaces for mapped mounts, one for each map: they hold no processes and cost a launch nothing.
final class UserNamespaceCache: Sendable {
    private let handles = Mutex<[UserNamespace: UserNamespaceHandle]>([:])

    /// The namespaces for these maps; those that are missing are made.
    ///
    /// - Throws: ``ContainerError`` if the kernel refuses a map.
    func handles(
        for maps: Set<UserNamespace>,
        by launcher: Launcher
    ) async throws -> [UserNamespace: UserNamespaceHandle] {
        var found = handles.withLock { handles in handles.filter { maps.contains($0.key) } }
        for map in maps where found[map] == nil {
            let handle = try await launcher.userNamespace(map)
            found[map] = handle
            handles.withLock { $0[map] = handle }
        }
        return found
    }
}

extension ContainerConfiguration {
    /// The maps by which mounts of the container are shown.
    var identityMaps: Set<UserNamespace> {
        var maps: Set<UserNamespace> = []
        if mapsFiles, let user = namespaces.user { maps.insert(user) }
        for mount in mounts { identityMap(of: mount).map { _ = maps.insert($0) } }
        return maps
    }

    /// The map by which this mount is shown.
    func identityMap(of mount: Mount) -> UserNamespace? {
        switch mount.identityMap {
        case .ranges(let map): map
        case .container: namespaces.user
        case .unchanged: nil
        case nil: mapsFiles ? namespaces.user : nil
        }
    }
}
