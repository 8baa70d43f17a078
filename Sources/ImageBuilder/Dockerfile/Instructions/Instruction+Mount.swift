// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Instruction.Run {
    /// What a `--mount` flag makes visible to a command.
    public struct Mount: Sendable, Hashable {
        /// What kind of thing is mounted.
        ///
        /// More may be added in minor releases.
        public struct Kind: Sendable, Hashable, CustomStringConvertible {
            /// The word after `type=`.
            public let description: String

            /// A directory or file of the context, a stage or an image.
            public static let bind = Kind(description: "bind")
            /// A directory that outlives the build.
            public static let cache = Kind(description: "cache")
            /// An empty directory in memory.
            public static let tmpfs = Kind(description: "tmpfs")
            /// A file or variable that leaves no trace in the image.
            public static let secret = Kind(description: "secret")
            /// The socket of an SSH agent.
            public static let ssh = Kind(description: "ssh")

            static let all = [bind, cache, tmpfs, secret, ssh]
        }

        /// How builds that run at the same time use one cache.
        ///
        /// More may be added in minor releases.
        public struct Sharing: Sendable, Hashable, CustomStringConvertible {
            /// The word after `sharing=`.
            public let description: String

            /// They all use it together.
            public static let shared = Sharing(description: "shared")
            /// Each gets one of its own.
            public static let `private` = Sharing(description: "private")
            /// One waits for the other.
            public static let locked = Sharing(description: "locked")

            static let all = [shared, `private`, locked]
        }

        /// What kind of thing is mounted.
        public internal(set) var kind = Kind.bind
        /// The stage or image it comes from; nil for the build context.
        public internal(set) var from: String?
        /// The path in what it comes from, or a secret's name.
        public internal(set) var source: String?
        /// Where the command sees it.
        public internal(set) var target: String?
        /// Whether the command may not write to it.
        public internal(set) var isReadOnly = true
        /// The most bytes a tmpfs may hold; 0 for no limit of its own.
        public internal(set) var sizeLimit: Int64 = 0
        /// The name of the cache, secret or agent.
        public internal(set) var id: String?
        /// How builds share a cache; nil where not said.
        public internal(set) var sharing: Sharing?
        /// Whether the command must fail where there is no such secret or agent.
        public internal(set) var isRequired = false
        /// The variable that holds a secret; nil for none.
        public internal(set) var variable: String?
        /// The permissions, as a number; nil where not said.
        public internal(set) var mode: UInt32?
        /// The owner's number; nil where not said.
        public internal(set) var userID: UInt32?
        /// The group's number; nil where not said.
        public internal(set) var groupID: UInt32?
    }
}
