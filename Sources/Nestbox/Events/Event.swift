// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Something that happened to a container or a service.
public struct Event: Sendable, Hashable, Codable {
    /// What it happened to.
    public struct Kind: RawRepresentable, Sendable, Hashable, Codable {
        /// The name, as Docker has it.
        public let rawValue: String

        /// Takes a name.
        ///
        /// - Parameter rawValue: The name.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// A container.
        public static let container = Kind(rawValue: "container")
        /// A service.
        public static let service = Kind(rawValue: "service")

        static let all = [container, service]
    }

    /// What happened.
    public struct Action: RawRepresentable, Sendable, Hashable, Codable {
        /// The name, as Docker has it.
        public let rawValue: String

        /// Takes a name.
        ///
        /// - Parameter rawValue: The name.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// It was written down.
        public static let create = Action(rawValue: "create")
        /// Its program was started.
        public static let start = Action(rawValue: "start")
        /// Its program has ended.
        public static let die = Action(rawValue: "die")
        /// Its program has ended because someone asked for that.
        public static let stop = Action(rawValue: "stop")
        /// A signal was sent to it.
        public static let kill = Action(rawValue: "kill")
        /// It was removed.
        public static let destroy = Action(rawValue: "destroy")
        /// It was given another name.
        public static let rename = Action(rawValue: "rename")
        /// Its program was stopped where it is.
        public static let pause = Action(rawValue: "pause")
        /// Its program goes on.
        public static let unpause = Action(rawValue: "unpause")
        /// Its limits were changed.
        public static let update = Action(rawValue: "update")
        /// Its health has changed.
        public static let health = Action(rawValue: "health_status")
        /// A further program was run in it.
        public static let execute = Action(rawValue: "exec_start")
        /// A service has another number of containers.
        public static let scale = Action(rawValue: "scale")
        /// A service went back to what it was.
        public static let rollback = Action(rawValue: "rollback")

        static let all = [
            create, start, die, stop, kill, destroy, rename, pause, unpause, update, health, execute, scale, rollback,
        ]
    }

    /// When.
    public var time: Moment
    /// What it happened to.
    public var kind: Kind
    /// What happened.
    public var action: Action
    /// The container's identifier, or the service's name.
    public var identifier: String
    /// More about it: `name`, `image`, `exitCode` and so on.
    public var attributes: [String: String]
}
