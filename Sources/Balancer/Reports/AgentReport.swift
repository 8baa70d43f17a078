// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The answer of an HAProxy agent: a line of words by which an endpoint states its weight and readiness.
///
/// Words are separated by spaces, tabs or commas: `ready`, `drain`, `maint` set the administrative state; `up`, `down`,
/// `stopped`, `failed` the health, with an optional description after `#`; `75%` the weight in percent of the configured
/// one; `maxconn:30` the most connections.
///
/// Source: HAProxy configuration manual, `agent-check`.
public struct AgentReport: Hashable, Sendable {
    /// What the endpoint's administrator wants.
    public enum Administration: String, Hashable, Sendable {
        /// Take requests.
        case ready
        /// Take no new requests.
        case drain
        /// Take no requests at all, and check nothing.
        case maintenance = "maint"
    }

    /// What the endpoint says of its health.
    public enum Health: String, Hashable, Sendable {
        /// Well.
        case up
        /// Not well.
        case down
        /// Stopped on purpose.
        case stopped
        /// Failed.
        case failed
    }

    /// What the endpoint's administrator wants, if stated.
    public var administration: Administration?
    /// What the endpoint says of its health, if stated.
    public var health: Health?
    /// A description of the health, for people.
    public var reason: String?
    /// The weight in percent of the configured one, if stated; 0 to 256.
    public var weightPercent: Int?
    /// The most connections, if stated.
    public var maximumConnections: Int?

    /// Creates a report.
    ///
    /// - Parameters:
    ///   - administration: What the endpoint's administrator wants.
    ///   - health: What the endpoint says of its health.
    ///   - reason: A description of the health; a line break ends it.
    ///   - weightPercent: The weight in percent of the configured one.
    ///   - maximumConnections: The most connections.
    public init(
        administration: Administration? = nil,
        health: Health? = nil,
        reason: String? = nil,
        weightPercent: Int? = nil,
        maximumConnections: Int? = nil
    ) {
        self.administration = administration
        self.health = health
        self.reason = reason
        self.weightPercent = weightPercent
        self.maximumConnections = maximumConnections
    }

    /// The line to answer, with its line break.
    public var line: String {
        var words: [String] = []
        if let administration { words.append(administration.rawValue) }
        if let weightPercent { words.append("\(weightPercent)%") }
        if let maximumConnections { words.append("maxconn:\(maximumConnections)") }
        if let health {
            let reason = reason.map { "#" + $0.prefix { $0 != "\n" && $0 != "\r" && $0 != "\r\n" } } ?? ""
            words.append(health.rawValue + reason)
        }
        return words.joined(separator: " ") + "\n"
    }
}
