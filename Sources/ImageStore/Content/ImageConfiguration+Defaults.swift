// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension ImageConfiguration {
    /// What runs in a container of the image unless its user says otherwise.
    ///
    /// Source: OCI image specification, "Image Configuration", property `config`, and Docker's additions to it
    /// (`Healthcheck`, `OnBuild`, `Shell`).
    public struct Defaults: Sendable, Hashable, Codable {
        /// The user, as `user`, `uid`, `user:group` or any mix of names and numbers.
        public var user: String?

        /// The ports the image listens on: `80/tcp`.
        public var exposedPorts: Set<String>?

        /// The environment, each entry `NAME=value`.
        public var environment: [String]?

        /// The command's fixed first words.
        public var entrypoint: [String]?

        /// The command's default further words.
        public var command: [String]?

        /// The directories that hold data and want a volume.
        public var volumes: Set<String>?

        /// The working directory.
        public var workingDirectory: String?

        /// Labels.
        public var labels: [String: String]?

        /// The signal that asks the program to end: `SIGTERM` or a number.
        public var stopSignal: String?

        /// How the program's health is checked.
        public var healthcheck: Healthcheck?

        /// Instructions that run when another image is built on this one.
        public var onBuild: [String]?

        /// The shell that the shell form of instructions uses.
        public var shell: [String]?

        /// Whether the words are already escaped (Windows only; kept for faithful copies).
        public var argumentsEscaped: Bool?

        /// Makes defaults in which nothing is set.
        public init() {}

        /// How the program's health is checked: Docker's `Healthcheck`.
        ///
        /// Durations are in nanoseconds.
        public struct Healthcheck: Sendable, Hashable, Codable {
            /// The command: `["CMD", …]`, `["CMD-SHELL", script]` or `["NONE"]`.
            public var test: [String]?
            /// The time between two checks.
            public var interval: Int64?
            /// The time a check may take.
            public var timeout: Int64?
            /// The time the program has to come up.
            public var startPeriod: Int64?
            /// The time between checks while the program comes up.
            public var startInterval: Int64?
            /// How many failures in a row make the program unhealthy.
            public var retries: Int?

            enum CodingKeys: String, CodingKey {
                case test = "Test"
                case interval = "Interval"
                case timeout = "Timeout"
                case startPeriod = "StartPeriod"
                case startInterval = "StartInterval"
                case retries = "Retries"
            }

            /// Makes a check.
            public init(test: [String]? = nil) {
                self.test = test
            }
        }
    }
}

extension ImageConfiguration.Defaults {
    enum CodingKeys: String, CodingKey {
        case user = "User"
        case exposedPorts = "ExposedPorts"
        case environment = "Env"
        case entrypoint = "Entrypoint"
        case command = "Cmd"
        case volumes = "Volumes"
        case workingDirectory = "WorkingDir"
        case labels = "Labels"
        case stopSignal = "StopSignal"
        case healthcheck = "Healthcheck"
        case onBuild = "OnBuild"
        case shell = "Shell"
        case argumentsEscaped = "ArgsEscaped"
    }

    /// The value of a set's member: OCI writes sets as objects with empty objects for values.
    private struct Member: Codable {}

    /// Reads what an image's configuration has.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func set(_ key: CodingKeys) throws -> Set<String>? {
            try container.decodeIfPresent([String: Member?].self, forKey: key).map { Set($0.keys) }
        }
        user = try container.decodeIfPresent(String.self, forKey: .user)
        exposedPorts = try set(.exposedPorts)
        environment = try container.decodeIfPresent([String].self, forKey: .environment)
        entrypoint = try container.decodeIfPresent([String].self, forKey: .entrypoint)
        command = try container.decodeIfPresent([String].self, forKey: .command)
        volumes = try set(.volumes)
        workingDirectory = try container.decodeIfPresent(String.self, forKey: .workingDirectory)
        labels = try container.decodeIfPresent([String: String].self, forKey: .labels)
        stopSignal = try container.decodeIfPresent(String.self, forKey: .stopSignal)
        healthcheck = try container.decodeIfPresent(Healthcheck.self, forKey: .healthcheck)
        onBuild = try container.decodeIfPresent([String].self, forKey: .onBuild)
        shell = try container.decodeIfPresent([String].self, forKey: .shell)
        argumentsEscaped = try container.decodeIfPresent(Bool.self, forKey: .argumentsEscaped)
    }

    /// Writes what is set.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        func encode(_ set: Set<String>?, _ key: CodingKeys) throws {
            guard let set else { return }
            try container.encode(Dictionary(uniqueKeysWithValues: set.map { ($0, Member()) }), forKey: key)
        }
        try container.encodeIfPresent(user, forKey: .user)
        try encode(exposedPorts, .exposedPorts)
        try container.encodeIfPresent(environment, forKey: .environment)
        try container.encodeIfPresent(entrypoint, forKey: .entrypoint)
        try container.encodeIfPresent(command, forKey: .command)
        try encode(volumes, .volumes)
        try container.encodeIfPresent(workingDirectory, forKey: .workingDirectory)
        try container.encodeIfPresent(labels, forKey: .labels)
        try container.encodeIfPresent(stopSignal, forKey: .stopSignal)
        try container.encodeIfPresent(healthcheck, forKey: .healthcheck)
        try container.encodeIfPresent(onBuild, forKey: .onBuild)
        try container.encodeIfPresent(shell, forKey: .shell)
        try container.encodeIfPresent(argumentsEscaped, forKey: .argumentsEscaped)
    }
}
