// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Why something about a container's network failed.
public struct NetworkError: Error, Hashable, CustomStringConvertible {
    /// The kind of failure.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The stable name of the code.
        public let description: String

        /// A published port, as it was written, can't be understood.
        public static let invalidPortMapping = Code(description: "invalidPortMapping")
        /// An address or a prefix can't be read.
        public static let invalidAddress = Code(description: "invalidAddress")
        /// A name of a network or of a container on it is not allowed.
        public static let invalidName = Code(description: "invalidName")
        /// The network namespace is closed, or there is none.
        public static let noNamespace = Code(description: "noNamespace")
        /// The process may not do this; creating and entering network namespaces needs CAP_SYS_ADMIN.
        public static let notPermitted = Code(description: "notPermitted")
        /// The kernel answered a request about links, addresses or routes with an error.
        public static let netlinkRefused = Code(description: "netlinkRefused")
        /// The kernel's answer can't be understood.
        public static let malformedMessage = Code(description: "malformedMessage")
        /// Something of that name or address exists already.
        public static let alreadyExists = Code(description: "alreadyExists")
        /// There is nothing of that name.
        public static let notFound = Code(description: "notFound")
        /// A network has no free address left, or no free network is left.
        public static let addressesExhausted = Code(description: "addressesExhausted")
        /// The kernel did not take the packet filter's rules.
        public static let filterRefused = Code(description: "filterRefused")
        /// The system refused something else.
        public static let systemFailure = Code(description: "systemFailure")
    }

    /// The kind of failure.
    public let code: Code
    /// What failed and what can be done about it, as a sentence.
    public let message: String
    /// The operation and the error it gave, such as `setns: EPERM`, if the system refused one.
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

extension NetworkError {
    /// An address that belongs to none of a network's subnets.
    package static func stray(_ address: IPAddress) -> NetworkError {
        NetworkError(.invalidAddress, "\(address) belongs to none of the network's subnets")
    }
}
