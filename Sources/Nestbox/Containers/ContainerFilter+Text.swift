// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension ContainerFilter {
    /// Docker's names; nothing here is ever `removing` or `dead`.
    private static let statusWords = ["created", "running", "paused", "restarting", "exited", "removing", "dead"]
    private static let healthWords = ["starting", "healthy", "unhealthy", "none"]

    mutating func take(_ text: String, now: Moment) throws(NestboxError) {
        let filter = try FilterText(text)
        let value = filter.value
        switch filter.name {
        case "name":
            guard (try? Regex(value)) != nil else { throw filter.refused("'\(value)' is no regular expression") }
            names.append(value)
        case "id": identifiers.append(value)
        case "label":
            let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            labels.append((String(parts[0]), parts.count > 1 ? String(parts[1]) : nil))
        case "status": statuses.insert(try filter.word(of: Self.statusWords))
        case "exited":
            guard let code = Int(value) else { throw filter.refused("'\(value)' is no exit code") }
            exitCodes.insert(code)
        case "ancestor": ancestors.append(value)
        case "network": networks.append(value)
        case "volume": volumes.append(value)
        case "health": health.insert(try filter.word(of: Self.healthWords))
        case "until":
            guard let moment = Moment(value, before: now) else {
                throw filter.refused("'\(value)' is neither a duration nor a moment")
            }
            before = moment
        case let name:
            let known = "name, id, label, status, exited, ancestor, network, volume, health and until"
            throw filter.refused("'\(name)' is none of \(known)")
        }
    }
}
