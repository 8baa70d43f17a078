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

        /// The kind's name.
        public var description: String { name }
    }

    /// The kind of failure.
    public let code: Code
    /// What is wrong, for a person to act on.
    public let message: String
    /// Where in the Dockerfile or ignore file, if there.
    public let location: SourceLocation?

    package init(_ code: Code, _ message: String, at location: SourceLocation? = nil) {
        self.code = code
        self.message = message
        self.location = location
    }

    /// The place, the message, and the line with a caret under what is wrong.
    public var description: String {
        guard let location else { return message }
        return "\(location): \(message)\n\(location.snippet)"
    }
}
