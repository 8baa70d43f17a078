// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ImageStore

/// How it is found out whether a container's program does its work: a further program that is run in the container from
/// time to time.
public struct HealthCheck: Sendable, Hashable, Codable {
    /// The program and its arguments; none where empty.
    public var command: [String]
    /// The time from the end of one check to the next, in nanoseconds; 30 s by default.
    public var interval: Int64 = 30_000_000_000
    /// How long a check may take, in nanoseconds; 30 s by default.
    public var timeout: Int64 = 30_000_000_000
    /// For how long after the start failures don't count, in nanoseconds.
    public var startPeriod: Int64 = 0
    /// The time from one check to the next in the start period, in nanoseconds; 5 s by default.
    public var startInterval: Int64 = 5_000_000_000
    /// How many failures in a row make a container unhealthy.
    public var retries = 3

    /// Creates a check of the defaults.
    ///
    /// - Parameter command: The program and its arguments.
    public init(_ command: [String]) {
        self.command = command
    }

    /// No check at all, whatever the image says.
    public static let none = HealthCheck([])

    /// Takes what an image says; `nil` if it says nothing.
    init?(_ image: ImageConfiguration.Defaults.Healthcheck?) {
        guard let image, let test = image.test, let kind = test.first else { return nil }
        switch kind {
        case "NONE": self = .none
        case "CMD-SHELL": self.init(["/bin/sh", "-c"] + test.dropFirst())
        case "CMD": self.init(Array(test.dropFirst()))
        default: return nil
        }
        if let interval = image.interval, interval > 0 { self.interval = interval }
        if let timeout = image.timeout, timeout > 0 { self.timeout = timeout }
        if let startPeriod = image.startPeriod, startPeriod > 0 { self.startPeriod = startPeriod }
        if let startInterval = image.startInterval, startInterval > 0 { self.startInterval = startInterval }
        if let retries = image.retries, retries > 0 { self.retries = retries }
    }

    func validate() throws(NestboxError) {
        let least: Int64 = 1_000_000
        guard interval >= least, timeout >= least, startInterval >= least, startPeriod >= 0,
            (1...1000).contains(retries)
        else {
            throw NestboxError(
                .invalidSpecification,
                "a health check has intervals of a millisecond at least, and 1 to 1000 retries"
            )
        }
    }
}
