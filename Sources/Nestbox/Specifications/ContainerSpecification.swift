// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ContainerNetwork
public import ImageStore

/// A container as its user asks for it: what `run` takes.
///
/// What is not said comes from the image. Everything is checked before anything is created.
///
/// ```swift
/// var ghost = ContainerSpecification(image: "ghost")
/// ghost.name = "blog"
/// ghost.environment = ["NODE_ENV=production"]
/// ghost.ports = try PortMapping.parse("8080:2368")
/// ghost.volumes = [try VolumeAttachment("blog-content:/var/lib/ghost/content")]
/// ghost.limits.memory = 512 << 20
/// ```
public struct ContainerSpecification: Sendable, Hashable, Codable {
    /// The image, by name or identifier.
    public var image: String
    /// When the image is fetched from its registry; where it is missing, if `nil`.
    ///
    /// It takes an engine that has a puller.
    public var pullPolicy: PullPolicy?
    /// Which image to take where the name stands for several; this machine's where `nil`.
    ///
    /// What is for another machine runs only where the kernel has something that runs it.
    public var platform: Platform?
    /// The container's name; one is made up where `nil`.
    public var name: String?
    /// The program's arguments, in place of the image's `CMD`; the image's where empty.
    public var command: [String]
    /// What comes before the command, in place of the image's `ENTRYPOINT`; the image's where `nil`.
    ///
    /// As with Docker, stating it drops the image's `CMD` too, and an empty one only resets.
    public var entrypoint: [String]?
    /// The environment, `NAME=value`, added to the image's.
    public var environment: [String] = []
    /// Where the program starts; the image's where `nil`.
    public var workingDirectory: String?
    /// Who the program runs as: `user`, `user:group`, or numbers; the image's where `nil`.
    public var user: String?
    /// The container's host name; the first twelve digits of its identifier where `nil`.
    public var hostName: String?
    /// The ports that are reachable on the host.
    public var ports: [PortMapping] = []
    /// Whether every port that the image exposes is reachable too, on ports of the kernel's choice.
    public var publishesExposedPorts = false
    /// Its network: the engine's own by default.
    public var network = NetworkOptions()
    /// The volumes and host directories the container sees.
    public var volumes: [VolumeAttachment] = []
    /// Directories in memory.
    public var temporary: [TemporaryMount] = []
    /// Whose users its programs run as; the host's where `nil`.
    public var userNamespace: UserNamespaceMode?
    /// What its programs may do.
    public var security = SecurityOptions()
    /// Whether its program is started again when it has ended.
    public var restart = RestartPolicy.no
    /// How it is found out whether it does its work; as the image says where `nil`.
    public var health: HealthCheck?
    /// How much of its output is kept.
    public var log = LogLimits()
    /// Free text by which containers are found.
    public var labels: [String: String] = [:]
    /// How much of the machine it may use.
    public var limits = ContainerLimits()
    /// Whether its program has a terminal in place of three streams.
    public var hasTerminal = false
    /// Whether its program reads what is written to it, or typed; it finds the end of its input at once otherwise.
    public var readsInput = false
    /// Whether a small init runs as process 1.
    public var runsInit = false
    /// Whether the container can't write outside its volumes.
    public var isReadOnly = false
    /// Whether the container is removed, with its anonymous volumes, when its program has ended.
    public var isRemovedAtEnd = false
    /// The signal that asks the program to end: a name or number; the image's where `nil`, or else `SIGTERM`.
    public var stopSignal: String?
    /// How long the program then has before it is killed, in seconds; without end below 0, 10 where `nil`.
    public var stopTimeout: Int?

    /// Creates a specification of an image's defaults.
    ///
    /// - Parameters:
    ///   - image: The image, by name or identifier.
    ///   - name: The container's name.
    ///   - command: The program's arguments.
    public init(image: String, name: String? = nil, command: [String] = []) {
        self.image = image
        self.name = name
        self.command = command
    }
}

extension ContainerSpecification {
    /// Reads a specification; what one of an earlier version does not say is as by default.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(image: try values.decode(String.self, forKey: .image))
        try values.read(.pullPolicy, into: &pullPolicy)
        try values.read(.platform, into: &platform)
        try values.read(.name, into: &name)
        try values.read(.command, into: &command)
        try values.read(.entrypoint, into: &entrypoint)
        try values.read(.environment, into: &environment)
        try values.read(.workingDirectory, into: &workingDirectory)
        try values.read(.user, into: &user)
        try values.read(.hostName, into: &hostName)
        try values.read(.ports, into: &ports)
        try values.read(.publishesExposedPorts, into: &publishesExposedPorts)
        try values.read(.network, into: &network)
        try values.read(.volumes, into: &volumes)
        try values.read(.temporary, into: &temporary)
        try values.read(.security, into: &security)
        try values.read(.userNamespace, into: &userNamespace)
        try values.read(.restart, into: &restart)
        try values.read(.health, into: &health)
        try values.read(.log, into: &log)
        try values.read(.labels, into: &labels)
        try values.read(.limits, into: &limits)
        try values.read(.hasTerminal, into: &hasTerminal)
        try values.read(.readsInput, into: &readsInput)
        try values.read(.runsInit, into: &runsInit)
        try values.read(.isReadOnly, into: &isReadOnly)
        try values.read(.isRemovedAtEnd, into: &isRemovedAtEnd)
        try values.read(.stopSignal, into: &stopSignal)
        try values.read(.stopTimeout, into: &stopTimeout)
    }
}

extension KeyedDecodingContainer {
    /// Reads a value that may be missing, as in what an earlier version has written; it stays as it is then.
    func read<Value: Decodable>(_ key: Key, into value: inout Value) throws {
        if let found = try decodeIfPresent(Value.self, forKey: key) { value = found }
    }
}

extension PortMapping: Codable {
    /// Reads a mapping as `-p` takes it.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let mapping = try PortMapping.parse(text).first else {
            throw NestboxError(.invalidSpecification, "'\(text)' is not a published port")
        }
        self = mapping
    }

    /// Writes the mapping as `-p` takes it.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
