// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Instruction {
    /// `RUN`: a command that changes the image.
    public struct Run: Sendable, Equatable {
        /// The network that a command sees.
        ///
        /// More may be added in minor releases.
        public struct Network: Sendable, Hashable, CustomStringConvertible {
            /// The word after `--network=`.
            public let description: String

            /// The build's usual network.
            public static let `default` = Network(description: "default")
            /// Nothing but a loopback.
            public static let none = Network(description: "none")
            /// The host's own network.
            public static let host = Network(description: "host")
        }

        /// How confined a command is.
        ///
        /// More may be added in minor releases.
        public struct Security: Sendable, Hashable, CustomStringConvertible {
            /// The word after `--security=`.
            public let description: String

            /// The default confinement.
            public static let sandbox = Security(description: "sandbox")
            /// No confinement.
            public static let insecure = Security(description: "insecure")
        }

        /// A device of the Container Device Interface.
        public struct Device: Sendable, Equatable {
            /// The device's full name, or its class.
            public let name: String
            /// Whether the command must fail without it.
            public let isRequired: Bool
        }

        /// What is run.
        public let command: Command
        /// The network.
        public let network: Network
        /// The confinement.
        public let security: Security
        /// The devices.
        public let devices: [Device]
        /// The names of the flags in use.
        public let flags: [String]
        /// What is mounted.
        ///
        /// Empty until the variables are expanded: they may stand for any part of it.
        public internal(set) var mounts: [Mount] = []
        /// The `--mount` flags, variables not yet expanded.
        package let mountOptions: [MountOption]

        /// A `--mount` flag whose variables are not yet expanded.
        package struct MountOption: Sendable, Equatable {
            /// The flag's value.
            package let value: Token
            /// The stage or image it comes from: the one part that can't hold a variable.
            package let from: String?
        }

        init(_ line: InstructionLine) throws(ImageBuilderError) {
            let flags = try FlagSet(
                line,
                accepting: ["device": .strings, "mount": .strings, "network": .string, "security": .string]
            )
            command = Command(line)
            network =
                try Self.choice(
                    flags.token("network"),
                    of: [.default, .none, .host],
                    named: "network",
                    line
                ) ?? .default
            security =
                try Self.choice(
                    flags.token("security"),
                    of: [.sandbox, .insecure],
                    named: "security",
                    line
                ) ?? .sandbox
            var devices: [Device] = []
            for token in flags.tokens("device") {
                devices.append(
                    try Self.locating(token, line) { () throws(ValueError) in try Device(option: token.text) }
                )
            }
            self.devices = devices
            self.flags = flags.used
            var mountOptions: [MountOption] = []
            for token in flags.tokens("mount") {
                let from = try Self.locating(token, line) { () throws(ValueError) in
                    try Mount.origin(of: token.text)
                }
                mountOptions.append(MountOption(value: token, from: from))
            }
            self.mountOptions = mountOptions
        }

        private static func choice<Choice: CustomStringConvertible>(
            _ token: Token?,
            of choices: [Choice],
            named name: String,
            _ line: InstructionLine
        ) throws(ImageBuilderError) -> Choice? {
            guard let token else { return nil }
            if let choice = choices.first(where: { $0.description == token.text }) { return choice }
            let known = choices.map(\.description)
            throw line.error(
                .invalidFlag,
                "--\(name) must be one of \(known.joined(separator: ", ")), not \(token.text.inQuotes)",
                at: token
            )
        }

        private static func locating<T>(
            _ token: Token,
            _ line: InstructionLine,
            _ parse: () throws(ValueError) -> T
        ) throws(ImageBuilderError) -> T {
            do throws(ValueError) {
                return try parse()
            } catch {
                throw line.error(.invalidFlag, error.message, at: token)
            }
        }
    }
}
