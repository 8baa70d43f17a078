// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension ContainerError {
    /// The kind of a ``ContainerError``.
    ///
    /// A struct with constants, so that a new kind is not a breaking change.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The code's stable name.
        public let description: String

        private init(_ name: String) {
            self.description = name
        }

        /// The configuration contradicts itself or the field's rules; nothing was created.
        public static let invalidConfiguration = Code("invalidConfiguration")
        /// The kernel or this machine lacks what was asked for.
        public static let unsupported = Code("unsupported")
        /// The program was not found in the container.
        public static let executableNotFound = Code("executableNotFound")
        /// The program was found in the container but may not be executed, or is no executable.
        public static let notExecutable = Code("notExecutable")
        /// A user or group name is not in the container's `/etc/passwd` or `/etc/group`.
        public static let unknownUser = Code("unknownUser")
        /// The root filesystem is missing or unusable.
        public static let rootFilesystem = Code("rootFilesystem")
        /// A mount could not be made.
        public static let mount = Code("mount")
        /// A mount target leaves the root filesystem.
        public static let mountTargetEscapes = Code("mountTargetEscapes")
        /// A control group could not be made, limited, joined or removed.
        public static let cgroup = Code("cgroup")
        /// A namespace could not be made or joined.
        public static let namespace = Code("namespace")
        /// A network device could not be moved into the container; it is where it was.
        public static let networkDevice = Code("networkDevice")
        /// The process's credentials, limits or confinement could not be set.
        public static let process = Code("process")
        /// A seccomp profile could not be compiled or loaded.
        public static let seccomp = Code("seccomp")
        /// The clone or the execution of the stage failed.
        public static let launch = Code("launch")
        /// A hook failed.
        public static let hook = Code("hook")
        /// Reading or writing a container's standard streams failed.
        public static let io = Code("io")
        /// A container of this identifier exists already.
        public static let duplicateIdentifier = Code("duplicateIdentifier")
        /// The container is not in a state that allows the call.
        public static let invalidState = Code("invalidState")
        /// The runtime has been shut down.
        public static let runtimeClosed = Code("runtimeClosed")
    }
}
