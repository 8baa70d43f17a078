// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Balancer
internal import BalancerProxy

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

    /// How HTTP is spoken at the ports, so that each request is balanced for itself; whole connections are balanced, and
    /// nothing of what is in them understood, where `nil`.
    public var http: HTTPOptions?

    /// Where the figures of the service's ports are served by HTTP, for a Prometheus server: `ADDRESS:PORT`, or a port of
    /// the loopback address alone; nowhere where `nil`.
    ///
    /// Port 0 takes a free one, which ``ServiceRecord/metricsAddress`` tells. It can't be changed while the service runs.
    public var metrics: String?

    /// Whether another container takes the place of one that has ended.
    public var replacesDead = true
    /// How containers are replaced by others.
    public var update = UpdateOptions()
    /// Lets the number of containers follow the load; it stays as it is said where `nil`.
    public var autoscaling: Autoscaling?

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

    /// Whether the containers can stay as they are, for at most how they are balanced, scaled or replaced is otherwise.
    func differsInRulesOnly(from other: ServiceSpecification) -> Bool {
        container == other.container
    }

    /// The balancer's policy.
    var balancing: any Policy {
        http?.sessionCookie == nil ? policy.policy : SessionAffinity(policy.policy)
    }

    func validate() throws(NestboxError) {
        try ContainerName.validate(name, atLeast: 1)
        try autoscaling?.validate()
        try update.validate()
        try http?.validate()
        _ = try metricsAddress()
        if policy.needsHTTP, http == nil {
            throw NestboxError(
                .invalidSpecification,
                "the policy '\(policy.rawValue)' needs a service that speaks HTTP"
            )
        }
        try validate(replicas: replicas)
        guard container.name == nil else {
            throw NestboxError(.invalidSpecification, "a service's containers are named after it")
        }
        switch container.network.mode.kind {
        case .network, .none: break
        default:
            throw NestboxError(
                .invalidSpecification,
                "the containers of a service have networks of their own, not '\(container.network.mode)'"
            )
        }
    }

    /// Where the figures are served.
    func metricsAddress() throws(NestboxError) -> StreamAddress? {
        guard let metrics else { return nil }
        do {
            if let port = UInt16(metrics) { return .loopback(port: port) }
            return try StreamAddress(metrics)
        } catch {
            throw NestboxError(.invalidSpecification, "figures can't be served at '\(metrics)'", cause: error)
        }
    }

    func validate(replicas: Int) throws(NestboxError) {
        let least = autoscaling?.minimum == 0 ? 0 : 1
        guard (least...1000).contains(replicas) else {
            throw NestboxError(.invalidSpecification, "a service has \(least) to 1000 replicas, not \(replicas)")
        }
    }
}
