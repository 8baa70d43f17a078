// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
public import ContainerNetwork

/// A container as its record on disk describes it: what `ps` and `inspect` show.
public struct ContainerRecord: Sendable, Hashable, Codable {
    /// 64 hexadecimal digits.
    public var identifier: String
    /// The name, unique in the engine's root.
    public var name: String
    /// The image as it was asked for.
    public var image: String
    /// The digest of the image's configuration, `sha256:…`.
    public var imageIdentifier: String
    /// The program and its arguments.
    public var command: [String]
    /// When it was made.
    public var createdAt: Moment
    /// The ports that are reachable on the host.
    public var ports: [PublishedPort]
    /// What is attached.
    public var mounts: [MountPoint]
    /// Free text by which containers are found.
    public var labels: [String: String]
    /// How much of the machine it may use.
    public var limits: ContainerLimits
    /// The service that it is a replica of.
    public var service: String?
    /// The host name.
    public var hostName: String
    /// Whether it is removed when its program has ended.
    public var isRemovedAtEnd: Bool
    /// The number of the signal that asks the program to end.
    public var stopSignal: Int32
    /// How long the program then has, in seconds; less than 0 is without end.
    public var stopTimeout: Int
    /// Where it is in its life.
    public var state: State
    /// What was asked for.
    public var specification = ContainerSpecification(image: "")
    /// How often its program was started again by its policy.
    public var restartCount = 0
    /// The host's users that are the container's own; `nil` if it has the host's.
    public var users: UserRange?
    /// Whether it is there to stay: not half made by a process that died.
    var isComplete = false

    /// The first twelve digits of the identifier, as people write it.
    public var shortIdentifier: String { String(identifier.prefix(12)) }
    /// Whether its program runs, paused or not.
    public var isRunning: Bool { state.status == .running || state.status == .paused }

    /// How long its program may take to end.
    var gracePeriod: Duration { .gracePeriod(seconds: stopTimeout) }

    /// Takes over what other processes may change while the container runs.
    mutating func takeChanges(of other: ContainerRecord) {
        name = other.name
        limits = other.limits
        specification.restart = other.specification.restart
        if other.state.status == .paused, state.status == .running { state.status = .paused }
    }

    /// Where a container is in its life.
    public struct State: Sendable, Hashable, Codable {
        /// Where it is.
        public var status: Status = .created
        /// When its program was started.
        public var startedAt: Moment?
        /// When its program had ended.
        public var finishedAt: Moment?
        /// The program's own exit code, or 128 and the number of the signal that ended it.
        public var exitCode: Int?
        /// Why it ended, if not by itself.
        public var error: String?
        /// Whether it does its work; `nil` if nobody checks.
        public var health: HealthState?
        /// What another process needs to find the running container.
        var reference: ContainerReference?
        /// Process 1 of the container, as the host sees it.
        var process: ProcessReference?

        /// The number of the container's process 1 on the host, while it runs.
        public var processIdentifier: Int32? { process?.pid }
    }

    /// The stations of a container's life.
    public enum Status: String, Sendable, Hashable, Codable {
        /// It has not been started.
        case created
        /// Its program runs.
        case running
        /// Its program is stopped where it is.
        case paused
        /// Its program has ended and will be started again.
        case restarting
        /// Its program has ended.
        case exited

        /// Why what needs a container at rest can't be done.
        var hindrance: String {
            switch self {
            case .paused: "it is paused"
            case .restarting: "it is about to be started again"
            case .created, .running, .exited: "it is running"
            }
        }
    }
}

/// A port of a container that is reachable on the host.
public struct PublishedPort: Sendable, Hashable, Codable {
    /// The host's address; `0.0.0.0` stands for all.
    public var hostAddress: String
    /// The host's port.
    public var hostPort: UInt16
    /// The port in the container.
    public var containerPort: UInt16
    /// The transport.
    public var transport: TransportProtocol = .tcp
}

/// Something attached to a container.
public struct MountPoint: Sendable, Hashable, Codable {
    /// The volume's name; `nil` for a directory of the host.
    public var volume: String?
    /// The directory on the host.
    public var source: String
    /// The path in the container.
    public var target: String
    /// Whether the container can't write to it.
    public var isReadOnly: Bool
}

extension ContainerRecord.State {
    /// Takes note of the end.
    mutating func end(exitCode: Int, error: String? = nil) {
        status = .exited
        finishedAt = .now()
        self.exitCode = exitCode
        self.error = error
        process = nil
    }
}
