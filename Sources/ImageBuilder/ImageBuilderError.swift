// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What ImageBuilder throws: what is wrong, where, and what it came from.
public struct ImageBuilderError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure.
    ///
    /// Kinds may be added in minor releases.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private let name: String

        private init(_ name: String) {
            self.name = name
        }

        /// The file can't be cut into instructions: a bad directive, an unterminated here-document, a line too long.
        public static let syntax = Code("syntax")
        /// A word that is no instruction stands where one must.
        public static let unknownInstruction = Code("unknownInstruction")
        /// A flag is unknown, repeated, or has no or a bad value.
        public static let invalidFlag = Code("invalidFlag")
        /// An instruction's arguments are missing, too many or malformed.
        public static let invalidArgument = Code("invalidArgument")
        /// A variable can't be expanded.
        public static let expansion = Code("expansion")
        /// A stage is named that does not exist, can't be used there, or depends on itself.
        public static let invalidStage = Code("invalidStage")
        /// A pattern of an ignore file is malformed.
        public static let invalidPattern = Code("invalidPattern")
        /// Lint warnings were found and the check settings make them errors.
        public static let lintViolation = Code("lintViolation")

        /// A file to be copied or mounted does not exist in the context, stage or image.
        public static let sourceNotFound = Code("sourceNotFound")
        /// A copy can't be put where it is to go.
        public static let invalidDestination = Code("invalidDestination")
        /// A user or group is not in the image's files.
        public static let unknownUser = Code("unknownUser")
        /// A command ended with another code than 0, or was killed.
        public static let commandFailed = Code("commandFailed")
        /// A command could not be started.
        public static let commandNotStarted = Code("commandNotStarted")
        /// An image can't be found, read or used.
        public static let image = Code("image")
        /// A remote source can't be fetched, or is not what it was said to be.
        public static let remoteSource = Code("remoteSource")
        /// A secret or an agent that a command needs was not given to the build.
        public static let missingSecret = Code("missingSecret")
        /// The build was not allowed to do this.
        public static let notAllowed = Code("notAllowed")
        /// What the Dockerfile or the options ask for is not supported.
        public static let unsupported = Code("unsupported")
        /// An option of the build is malformed.
        public static let invalidOption = Code("invalidOption")
        /// The build context or the Dockerfile can't be read.
        public static let context = Code("context")
        /// A cache can't be read or written.
        public static let cache = Code("cache")
        /// The result can't be written.
        public static let output = Code("output")
        /// A system call failed.
        public static let system = Code("system")

        /// The kind's name.
        public var description: String { name }
    }

    /// The kind of failure.
    public let code: Code
    /// What is wrong, for a person to act on.
    public let message: String
    /// Where in the Dockerfile or ignore file, if there.
    public let location: SourceLocation?
    /// How a command ended that failed, as shells count it: its own code, or 128 and the signal's number.
    public let exitCode: Int?

    package init(_ code: Code, _ message: String, at location: SourceLocation? = nil, exitCode: Int? = nil) {
        self.code = code
        self.message = message
        self.location = location
        self.exitCode = exitCode
    }

    /// The same error with a place, if it has none yet.
    func located(at location: SourceLocation) -> ImageBuilderError {
        ImageBuilderError(code, message, at: self.location ?? location, exitCode: exitCode)
    }

    /// The place, the message, and the line with a caret under what is wrong.
    public var description: String {
        guard let location else { return message }
        return "\(location): \(message)\n\(location.snippet)"
    }
}
