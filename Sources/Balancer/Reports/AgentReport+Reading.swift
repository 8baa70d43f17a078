// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension AgentReport {
    /// The most bytes of an answer that are read.
    public static let maximumLength = 1_024

    /// Reads an agent's answer: its first line, in any case of letters.
    ///
    /// Of two words of one kind the last counts, as in HAProxy.
    ///
    /// - Parameter answer: What the agent sent.
    /// - Throws: ``BalancerError`` if the line is empty or too long, or has a word that is not known or out of range.
    public init(reading answer: String) throws(BalancerError) {
        guard answer.utf8.count <= Self.maximumLength else {
            throw BalancerError.malformed("an agent's answer of more than \(Self.maximumLength) bytes")
        }
        self.init()
        let line = answer.prefix { $0 != "\n" && $0 != "\r" && $0 != "\r\n" }
        let parts = line.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let words = (parts.first ?? "").split { " \t,".contains($0) }
        guard !words.isEmpty else { throw BalancerError.malformed("an agent's answer without a word") }
        for word in words { try read(word.lowercased()) }
        if parts.count == 2, health != nil { reason = String(parts[1]) }
    }

    private mutating func read(_ word: String) throws(BalancerError) {
        if let administration = Administration(rawValue: word) {
            self.administration = administration
        } else if let health = Health(rawValue: word) {
            self.health = health
        } else if word.hasSuffix("%"), let percent = Self.number(word.dropLast()), percent <= 256 {
            weightPercent = percent
        } else if word.hasPrefix("maxconn:"), let number = Self.number(word.dropFirst(8)) {
            maximumConnections = number
        } else {
            throw BalancerError.malformed("the agent's word '\(word)' is not known")
        }
    }

    private static func number(_ digits: Substring) -> Int? {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(digits)
    }

    /// The events that the report means for an endpoint.
    ///
    /// - Parameters:
    ///   - id: The endpoint's name.
    ///   - weight: Its configured weight.
    /// - Returns: Events for ``LoadBalancer/apply(_:at:)``.
    public func events<Address>(for id: String, weight: UInt32) -> [EndpointEvent<Address>] {
        var events: [EndpointEvent<Address>] = []
        if let administration {
            events.append(.setDraining(id: id, administration != .ready))
        }
        if let health {
            events.append(.setHealth(id: id, health == .up ? .healthy : .unhealthy))
        }
        if let weightPercent {
            let scaled = (UInt64(weight) * UInt64(weightPercent) + 99) / 100
            events.append(.setWeight(id: id, UInt32(min(scaled, UInt64(UInt32.max)))))
        }
        return events
    }
}
