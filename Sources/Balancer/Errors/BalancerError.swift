// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Why a balancer refused what it was given.
public struct BalancerError: Error, Hashable, CustomStringConvertible {
    /// The kind of refusal.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The stable name of the code.
        public let description: String

        /// Two endpoints of one set have the same name.
        public static let duplicateEndpoint = Code(description: "duplicateEndpoint")
        /// An event names an endpoint that is not in the set.
        public static let unknownEndpoint = Code(description: "unknownEndpoint")
        /// A configuration value is out of range.
        public static let invalidConfiguration = Code(description: "invalidConfiguration")
        /// A load report or an agent's answer can't be read.
        public static let malformedReport = Code(description: "malformedReport")
    }

    /// The kind of refusal.
    public let code: Code
    /// What was refused and why, as a sentence.
    public let message: String

    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// The sentence.
    public var description: String { message }
}
