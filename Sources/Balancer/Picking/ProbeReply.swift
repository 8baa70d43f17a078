// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// An endpoint's answer to a probe (Prequal: Wydrowski et al., NSDI 2024, section 4).
public struct ProbeReply: Hashable, Sendable {
    /// Requests that the endpoint works on, from all its clients.
    public var inFlight: Int
    /// The latency that a request sent now may expect.
    public var latency: Duration

    /// Creates a reply.
    ///
    /// - Parameters:
    ///   - inFlight: Requests that the endpoint works on; negative counts as 0.
    ///   - latency: The latency that a request sent now may expect; negative counts as 0.
    public init(inFlight: Int, latency: Duration) {
        self.inFlight = max(0, inFlight)
        self.latency = max(.zero, latency)
    }
}
