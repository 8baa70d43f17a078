// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Why a proxy could not be set up or an endpoint could not be reached.
public struct ProxyError: Error, Hashable, CustomStringConvertible {
    /// The kind of failure.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The stable name of the code.
        public let description: String

        /// An address can't be read.
        public static let invalidAddress = Code(description: "invalidAddress")
        /// A configuration value is out of range.
        public static let invalidConfiguration = Code(description: "invalidConfiguration")
        /// Another program listens on the address.
        public static let addressInUse = Code(description: "addressInUse")
        /// The address does not belong to this host.
        public static let addressNotAvailable = Code(description: "addressNotAvailable")
        /// The port is one that only a privileged program may listen on.
        public static let privilegedPort = Code(description: "privilegedPort")
        /// A connection to an endpoint could not be made.
        public static let connectFailed = Code(description: "connectFailed")
        /// A certificate or private key can't be used.
        public static let invalidCertificate = Code(description: "invalidCertificate")
        /// The proxy runs already, or has run.
        public static let alreadyStarted = Code(description: "alreadyStarted")
        /// The system refused something else that a proxy needs.
        public static let systemFailure = Code(description: "systemFailure")
    }

    /// The kind of failure.
    public let code: Code
    /// What failed and what can be done about it, as a sentence.
    public let message: String
    /// The system call and the error it gave, such as `bind: EADDRINUSE`, if one failed.
    public let cause: String?

    init(_ code: Code, _ message: String, cause: String? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The sentence, and the system's answer behind it.
    public var description: String {
        guard let cause else { return message }
        return "\(message) (\(cause))"
    }
}
