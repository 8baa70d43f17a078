// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ContainerKit
public import ImageStore

extension ImageBuilder {
    /// What a build is told beside its Dockerfile and its context.
    public struct Options: Sendable {
        /// The names that the image gets.
        public var tags: [ImageReference] = []
        /// The stage to build; the last where nil.
        public var target: String?
        /// The values of `ARG` instructions, by name.
        ///
        /// `SOURCE_DATE_EPOCH`, in seconds since 1970, makes builds reproducible: no time in the image is later.
        public var arguments: [String: String] = [:]
        /// Labels that the image gets.
        public var labels: [String: String] = [:]
        /// What the image is for; this machine where nil.
        public var platform: Platform?
        /// What `RUN --mount=type=secret` mounts, by id.
        public var secrets: [String: BuildSecret] = [:]
        /// What `RUN --mount=type=ssh` mounts, by id: the sockets of agents.
        public var agents: [String: BuildAgent] = [:]
        /// Directories and images that `FROM`, `--from` and mounts may name.
        public var contexts: [String: NamedBuildContext] = [:]
        /// Whether the results of earlier builds are used.
        public var usesCache = true
        /// Caches beside the store's own that are looked into.
        public var cacheSources: [any BuildCacheSource] = []
        /// Caches that are filled when the build is done.
        public var cacheExports: [BuildCacheExport] = []
        /// The network of commands that name none.
        public var network = Instruction.Run.Network.default
        /// Names that commands can look up, each with its address.
        public var hosts: [BuildHost] = []
        /// What commands may ask for beyond the usual.
        public var permissions: Set<BuildPermission> = []
        /// The limits of each command.
        public var resources = Resources()
        /// How layers are stored.
        ///
        /// Plain by default: that is the fastest to make and to use.
        public var compression = Compression.none
        /// What is made of the result.
        public var outputs: [BuildOutput] = [.image]

        /// Makes the default options.
        public init() {}
    }
}

/// A name with the address that it stands for: `--add-host`.
public struct BuildHost: Sendable, Hashable {
    /// The name.
    public var name: String
    /// The IP address.
    public var address: String

    /// Makes an entry.
    public init(name: String, address: String) {
        self.name = name
        self.address = address
    }
}

/// Something that a command may do only where the build is told so: `--allow`.
///
/// More may be added in minor releases.
public struct BuildPermission: Sendable, Hashable, CustomStringConvertible {
    /// The name.
    public let description: String

    /// `RUN --network=host`.
    public static let hostNetwork = BuildPermission(description: "network.host")
    /// `RUN --security=insecure`.
    public static let insecure = BuildPermission(description: "security.insecure")

    /// The permission of this name, if there is one.
    public init?(_ name: String) {
        guard let found = [Self.hostNetwork, Self.insecure].first(where: { $0.description == name }) else { return nil }
        self = found
    }

    private init(description: String) {
        self.description = description
    }
}
