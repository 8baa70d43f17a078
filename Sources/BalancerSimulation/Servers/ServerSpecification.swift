// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What kind of replica a server is.
public struct ServerSpecification: Hashable, Sendable {
    /// Cores that it is allotted.
    public var cores: Double
    /// How fast a core is against others'.
    public var speed: Double
    /// The neighbours on its machine; it may use what they leave, never less than its allotment.
    public var antagonist: Antagonist?

    /// How its allotment is enforced; without one it may use its cores at any time, and never more.
    public var quota: CPUQuota?

    /// Creates a specification.
    ///
    /// - Parameters:
    ///   - cores: Cores that it is allotted.
    ///   - speed: How fast a core is against others'.
    ///   - antagonist: The neighbours on its machine; not together with a quota.
    ///   - quota: How its allotment is enforced.
    public init(cores: Double, speed: Double = 1, antagonist: Antagonist? = nil, quota: CPUQuota? = nil) {
        self.cores = cores
        self.speed = speed
        self.antagonist = antagonist
        self.quota = quota
    }
}
