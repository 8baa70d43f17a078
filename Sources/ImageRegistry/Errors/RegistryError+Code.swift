// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension RegistryError {
    /// A kind of failure.
    ///
    /// New kinds may be added in minor releases.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The kind's stable name.
        public let description: String

        /// The registry can't be reached, or the connection broke and could not be resumed.
        public static let unreachable = Code(description: "unreachable")
        /// The registry's certificate is not trusted, or it speaks no TLS.
        public static let untrusted = Code(description: "untrusted")
        /// The registry wants credentials, or others than it was given.
        public static let unauthorized = Code(description: "unauthorized")
        /// The credentials do not allow this.
        public static let denied = Code(description: "denied")
        /// The registry has no such repository, tag or content.
        public static let notFound = Code(description: "notFound")
        /// The registry wants fewer requests, and went on to after all retries.
        public static let tooManyRequests = Code(description: "tooManyRequests")
        /// The registry sent something that breaks the distribution specification.
        public static let invalidResponse = Code(description: "invalidResponse")
        /// The registry refused what was sent to it.
        public static let rejected = Code(description: "rejected")
        /// The registry failed, and went on to after all retries.
        public static let serverError = Code(description: "serverError")
        /// A redirect that would leave the encryption or leads in circles.
        public static let badRedirect = Code(description: "badRedirect")
        /// A credential file or helper that can't be used.
        public static let credentials = Code(description: "credentials")
    }
}
