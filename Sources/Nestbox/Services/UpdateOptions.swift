// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How a service's containers are replaced by others.
public struct UpdateOptions: Sendable, Hashable, Codable {
    /// How many at one time.
    public var parallelism = 1
    /// How long, in seconds, each new container is watched before the next ones are replaced.
    public var watchTime = 2
    /// How long, in seconds, a new container may take until it answers, and is healthy if it has a health check.
    public var readyTime = 30
    /// Whether the service goes back to what it was if a new container does not become ready or ends.
    public var rollsBack = true

    /// Creates options of the defaults.
    public init() {}

    func validate() throws(NestboxError) {
        guard (1...1000).contains(parallelism), (0...86_400).contains(watchTime), (1...86_400).contains(readyTime)
        else {
            throw NestboxError(
                .invalidSpecification,
                "an update replaces 1 to 1000 containers at a time, and waits for at most a day"
            )
        }
    }
}
