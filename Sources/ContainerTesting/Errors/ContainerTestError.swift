// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Why a test could not be given its container, or asked it for something that it has not.
public struct ContainerTestError: Error, Hashable, CustomStringConvertible {
    /// The kind of failure; stable across releases.
    public var code: Code
    /// One sentence, and where it helps the end of what the container wrote.
    public var message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }

    /// The kinds of failure.
    ///
    /// More may be added in minor releases.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The kind's name.
        public let description: String

        private init(_ name: String) {
            description = name
        }

        /// The test has no trait that gives it a container, or none of that name.
        public static let noContainer = Code("noContainer")
        /// The trait does not publish that port.
        public static let portNotPublished = Code("portNotPublished")
        /// The container's program ended before it could be used.
        public static let ended = Code("ended")
        /// The container could not be used in time.
        public static let notReady = Code("notReady")
        /// The image can't be provided.
        public static let image = Code("image")
    }
}
