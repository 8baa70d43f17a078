// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

package import SystemPackage

/// What this process may do, as far as making containers depends on it.
///
/// A value, so that what follows from it can be tested without being another user.
package struct HostRights: Hashable, Sendable {
    /// Who this process is.
    package var user: UInt32
    package var group: UInt32
    /// Whether it may mount (`CAP_SYS_ADMIN`).
    package var maySetUp: Bool
    /// Whether it is in a user namespace of someone else's making, where its powers end at what that one maps.
    package var isNested: Bool
    /// Whether supplementary groups can't be set in its user namespace.
    package var groupsAreFixed: Bool
    /// What it may map besides itself.
    package var users: SubordinateRanges
    package var groups: SubordinateRanges
    /// The programs that write maps for it; `nil` where either is missing.
    package var mappers: Mappers?

    /// `newuidmap(1)` and `newgidmap(1)`.
    package struct Mappers: Hashable, Sendable {
        package var users: FilePath
        package var groups: FilePath

        package init(users: FilePath, groups: FilePath) {
            self.users = users
            self.groups = groups
        }
    }

    /// Root's, on a usual machine.
    package static let root = HostRights(user: 0, group: 0, maySetUp: true)

    package init(
        user: UInt32,
        group: UInt32,
        maySetUp: Bool,
        isNested: Bool = false,
        groupsAreFixed: Bool = false,
        users: SubordinateRanges = SubordinateRanges(),
        groups: SubordinateRanges = SubordinateRanges(),
        mappers: Mappers? = nil
    ) {
        self.user = user
        self.group = group
        self.maySetUp = maySetUp
        self.isNested = isNested
        self.groupsAreFixed = groupsAreFixed
        self.users = users
        self.groups = groups
        self.mappers = mappers
    }

    /// Whether users and groups beyond its own can be mapped.
    private var hasRanges: Bool {
        mappers != nil && !users.ranges.isEmpty && !groups.ranges.isEmpty
    }

    /// The user namespace for a container of a process without rights: itself as root and what it was granted as the
    /// users and groups above; where it was granted nothing, itself alone.
    package var userNamespace: UserNamespace {
        guard hasRanges else {
            return UserNamespace(
                users: SubordinateRanges().mappings(of: user),
                groups: SubordinateRanges().mappings(of: group)
            )
        }
        return UserNamespace(users: users.mappings(of: user), groups: groups.mappings(of: group))
    }

    /// How the maps of a user namespace are written.
    package func writer(of namespace: UserNamespace) -> IdentityMapWriter {
        if maySetUp { return .direct }
        let isOwn =
            namespace.users.map(\.outside) == [user] && namespace.users.map(\.count) == [1]
            && namespace.groups.map(\.outside) == [group] && namespace.groups.map(\.count) == [1]
        if isOwn { return .own }
        guard let mappers else { return .direct }
        return .programs(mappers)
    }
}

/// How the maps of a container's user namespace are written.
package enum IdentityMapWriter: Hashable, Sendable {
    /// By this process, which has the rights.
    case direct
    /// By this process, which needs none for itself alone but has to give up `setgroups(2)`.
    case own
    /// By programs that have the rights.
    case programs(HostRights.Mappers)
}
