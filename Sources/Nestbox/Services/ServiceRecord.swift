// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A service as its record on disk describes it.
public struct ServiceRecord: Sendable, Hashable, Codable {
    /// The name.
    public var name: String
    /// The image as it was asked for.
    public var image: String
    /// How many containers there should be.
    public var replicas: Int
    /// How clients are spread over them.
    public var policy: BalancingPolicy
    /// The ports that are reachable on the host.
    public var ports: [PublishedPort]
    /// Where its figures are served by HTTP, with the port that was really taken; nowhere where `nil`.
    public var metricsAddress: String?
    /// When it was made.
    public var createdAt: Moment
    /// What the service is, or is to be.
    public var specification: ServiceSpecification
    /// The process that the service belongs to.
    var owner: ProcessReference?
    /// Counts what was asked of the service since it was made.
    var change = 0
    /// Up to which of these it has been done, or has failed.
    var settledChange = 0
    /// Why the last failed.
    var failure: String?
}
