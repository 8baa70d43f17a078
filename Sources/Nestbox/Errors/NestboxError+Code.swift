// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension NestboxError {
    /// The kind of a ``NestboxError``.
    ///
    /// A struct with constants, so that a new kind is not a breaking change.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The code's stable name.
        public let description: String

        init(_ name: String) {
            description = name
        }

        /// A specification contradicts itself or the field's rules; nothing was created.
        public static let invalidSpecification = Code("invalidSpecification")
        /// Another container or service has this name.
        public static let nameInUse = Code("nameInUse")
        /// There is no container of this name or identifier.
        public static let containerNotFound = Code("containerNotFound")
        /// The beginning of an identifier fits several containers.
        public static let ambiguousIdentifier = Code("ambiguousIdentifier")
        /// There is no service of this name.
        public static let serviceNotFound = Code("serviceNotFound")
        /// There is no such image.
        public static let imageNotFound = Code("imageNotFound")
        /// The image can't be used or changed as asked.
        public static let image = Code("image")
        /// The image can't be fetched from its registry.
        public static let pull = Code("pull")
        /// A container uses the image.
        public static let imageInUse = Code("imageInUse")
        /// A volume can't be made, mounted or removed.
        public static let volume = Code("volume")
        /// The container runs, and what was asked needs one that does not.
        public static let running = Code("running")
        /// The container does not run, and what was asked needs one that does.
        public static let notRunning = Code("notRunning")
        /// The container's program does not exist in the image.
        public static let executableNotFound = Code("executableNotFound")
        /// The container's program can't be executed.
        public static let notExecutable = Code("notExecutable")
        /// The container could not be set up.
        public static let launch = Code("launch")
        /// There is no network of this name.
        public static let networkNotFound = Code("networkNotFound")
        /// A network can't be made, used or removed.
        public static let network = Code("network")
        /// A host port can't be published.
        public static let port = Code("port")
        /// A file can't be copied.
        public static let copy = Code("copy")
        /// The state on disk can't be read or written.
        public static let state = Code("state")
        /// The monitor of a detached container could not do its part.
        public static let monitor = Code("monitor")
    }
}
