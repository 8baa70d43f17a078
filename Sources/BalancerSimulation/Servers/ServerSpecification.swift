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

    /// Creates a specification.
    ///
    /// - Parameters:
    ///   - cores: Cores that it is allotted.
    ///   - speed: How fast a core is against others'.
    ///   - antagonist: The neighbours on its machine.
    public init(cores: Double, speed: Double = 1, antagonist: Antagonist? = nil) {
        self.cores = cores
        self.speed = speed
        self.antagonist = antagonist
    }
}
