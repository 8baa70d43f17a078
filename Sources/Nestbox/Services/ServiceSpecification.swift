// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A service as its user asks for it: so many containers of one image behind one published port.
public struct ServiceSpecification: Sendable, Hashable, Codable {
    /// The service's name.
    ///
    /// Its containers are called `NAME.1`, `NAME.2` and so on.
    public var name: String
    /// How many containers.
    public var replicas: Int
    /// Each of the containers; its ports are the service's, over which clients are spread.
    public var container: ContainerSpecification

    /// How clients are spread over the containers.
    public var policy = BalancingPolicy.roundRobin

    /// Creates a specification.
    ///
    /// - Parameters:
    ///   - name: The service's name.
    ///   - replicas: How many containers.
    ///   - container: Each of the containers.
    public init(name: String, replicas: Int, container: ContainerSpecification) {
        self.name = name
        self.replicas = replicas
        self.container = container
    }

    func validate() throws(NestboxError) {
        try ContainerName.validate(name, atLeast: 1)
        try Self.validate(replicas: replicas)
        guard container.name == nil else {
            throw NestboxError(.invalidSpecification, "a service's containers are named after it")
        }
    }

    static func validate(replicas: Int) throws(NestboxError) {
        guard (1...1000).contains(replicas) else {
            throw NestboxError(.invalidSpecification, "a service has 1 to 1000 replicas, not \(replicas)")
        }
    }
}
