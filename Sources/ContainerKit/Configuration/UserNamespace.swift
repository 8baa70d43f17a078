// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A user namespace of the container's own, with its maps (`user_namespaces(7)`).
public struct UserNamespace: Hashable, Sendable {
    /// A range of identifiers inside that stands for a range outside.
    public struct Mapping: Hashable, Sendable {
        /// The first identifier inside the container.
        public var inside: UInt32
        /// The first identifier outside.
        public var outside: UInt32
        /// How many; at least 1.
        public var count: UInt32

        /// Creates a mapping.
        ///
        /// - Parameters:
        ///   - inside: The first identifier inside the container.
        ///   - outside: The first identifier outside.
        ///   - count: How many.
        public init(inside: UInt32, outside: UInt32, count: UInt32) {
            self.inside = inside
            self.outside = outside
            self.count = count
        }
    }

    /// The users' map; it has to map user 0.
    public var users: [Mapping]
    /// The groups' map; it has to map group 0.
    public var groups: [Mapping]

    /// Creates a user namespace with one map for users and groups.
    ///
    /// - Parameter mappings: At least one range; user and group 0 have to be among them.
    public init(mappings: [Mapping]) {
        self.users = mappings
        self.groups = mappings
    }

    /// Creates a user namespace.
    ///
    /// - Parameters:
    ///   - users: The users' map.
    ///   - groups: The groups' map.
    public init(users: [Mapping], groups: [Mapping]) {
        self.users = users
        self.groups = groups
    }
}
