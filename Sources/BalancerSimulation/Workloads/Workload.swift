// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// What a simulation runs: who sends what, how often, to which replicas.
public struct Workload: Sendable {
    /// The name, for tables.
    public var name: String
    /// How many clients there are, each with a balancer of its own.
    public var clients = 1
    /// The replicas.
    public var servers: [ServerSpecification]
    /// Requests per second over all clients.
    public var arrivalRate: Double
    /// How requests follow each other.
    public var arrivals = ArrivalProcess.poisson
    /// Times which factor the rate goes, by seconds since the start.
    public var profile: (@Sendable (_ seconds: Double) -> Double)?
    /// How much work requests are.
    public var work: ServiceTimes
    /// How often replicas report their load; zero for never.
    public var reportInterval = Duration.seconds(1)
    /// How old a report is when it reaches the clients.
    public var reportDelay = Duration.zero
    /// The time that a message takes one way.
    public var networkDelay = Duration.microseconds(150)
    /// After how long a request is cancelled and counts as an error.
    public var timeout = Duration.seconds(5)
    /// What happens on the way.
    public var faults: [Fault] = []
    /// An autoscaler that runs along.
    public var autoscaling: Autoscaling?
    /// Whether each request has a key of its own, for hashing policies.
    public var usesKeys = false
    /// The time before measuring begins.
    public var warmUp = Duration.seconds(15)
    /// The time that is measured.
    public var duration = Duration.seconds(60)

    /// Creates a workload.
    ///
    /// - Parameters:
    ///   - name: The name, for tables.
    ///   - servers: The replicas.
    ///   - arrivalRate: Requests per second over all clients.
    ///   - work: How much work requests are.
    public init(name: String, servers: [ServerSpecification], arrivalRate: Double, work: ServiceTimes) {
        self.name = name
        self.servers = servers
        self.arrivalRate = arrivalRate
        self.work = work
    }

    /// Creates a workload that needs a share of what all replicas can do.
    ///
    /// - Parameters:
    ///   - name: The name, for tables.
    ///   - servers: The replicas.
    ///   - load: The share; 1 keeps all allotted cores busy.
    ///   - work: How much work requests are.
    public init(name: String, servers: [ServerSpecification], load: Double, work: ServiceTimes) {
        let capacity = servers.reduce(0) { $0 + $1.cores * $1.speed }
        self.init(name: name, servers: servers, arrivalRate: load * capacity / work.mean, work: work)
    }
}
