// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension VolumeFilter {
    /// Adds a condition in the words of `docker volume ls --filter`: `name=part`, `driver=local`, `label=key`,
    /// `label=key=value`, `label!=key`, `dangling=true`; and beyond Docker's `anonymous=true` and `container=id`.
    ///
    /// - Throws: ``VolumeError`` with `invalidFilter` for any other key, a missing value, or one that is neither true nor
    ///   false where it must be.
    public mutating func add(_ text: String) throws(VolumeError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[1].isEmpty else {
            throw VolumeError(.invalidFilter, "the filter '\(text)' can't be used: it has the form NAME=VALUE")
        }
        let value = parts[1]
        switch parts[0] {
        case "name": names.append(value)
        case "driver": drivers.append(value)
        case "label": labels.append(LabelMatch(value))
        case "label!": excludedLabels.append(LabelMatch(value))
        case "dangling": isDangling = try Self.truth(value, text)
        case "anonymous": isAnonymous = try Self.truth(value, text)
        case "container": containers.append(value)
        case let key:
            throw VolumeError(
                .invalidFilter,
                "the filter '\(text)' can't be used: '\(key)' is none of name, driver, label, label!, dangling, anonymous and container"
            )
        }
    }

    /// Reads the words that Docker takes for yes and no.
    private static func truth(_ value: String, _ text: String) throws(VolumeError) -> Bool {
        switch value.lowercased() {
        case "true", "1", "t": true
        case "false", "0", "f": false
        default:
            throw VolumeError(
                .invalidFilter,
                "the filter '\(text)' can't be used: '\(value)' is neither true nor false"
            )
        }
    }
}
