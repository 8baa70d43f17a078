// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Which volumes of the store are meant.
///
/// Conditions of different kinds must all hold; several of one kind are alternatives, except for labels, which must all
/// be there. These are the rules of `docker volume ls --filter`.
public struct VolumeFilter: Sendable, Hashable {
    /// Parts of names: one of them must occur in the name.
    public var names: [String] = []

    /// Drivers: it must be one of them.
    public var drivers: [String] = []

    /// Labels that must be there: a key alone, or with its value.
    public var labels: [LabelMatch] = []

    /// Labels that must not be there (`label!=`).
    public var excludedLabels: [LabelMatch] = []

    /// True: only volumes that nobody has mounted.
    ///
    /// False: only those that somebody has.
    public var isDangling: Bool?

    /// True: only anonymous volumes.
    ///
    /// False: only named ones.
    public var isAnonymous: Bool?

    /// Containers that anonymous volumes were made for: it must be one of them.
    public var containers: [String] = []

    /// A filter that lets everything pass.
    public init() {}
}

extension VolumeFilter {
    /// A label by key, and by value if one is given.
    public struct LabelMatch: Sendable, Hashable {
        /// The key.
        public var key: String
        /// The value, or nil for any.
        public var value: String?

        /// Makes a match.
        public init(key: String, value: String? = nil) {
            self.key = key
            self.value = value
        }

        /// Reads `key` or `key=value`.
        public init(_ text: String) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            self.init(key: String(parts[0]), value: parts.count > 1 ? String(parts[1]) : nil)
        }

        func matches(_ labels: [String: String]) -> Bool {
            guard let found = labels[key] else { return false }
            return value == nil || value == found
        }
    }

    /// Whether the volume passes; `isLeased` says whether somebody has it mounted.
    func matches(_ volume: Volume, isLeased: Bool) -> Bool {
        (names.isEmpty || names.contains { volume.name.utf8.containsBytes($0.utf8) })
            && (drivers.isEmpty || drivers.contains(volume.driver))
            && labels.allSatisfy { $0.matches(volume.labels) }
            && !excludedLabels.contains { $0.matches(volume.labels) }
            && (isDangling == nil || isDangling == !isLeased)
            && (isAnonymous == nil || isAnonymous == volume.isAnonymous)
            && (containers.isEmpty || containers.contains { $0 == volume.container })
    }
}

extension Collection<UInt8> {
    /// Whether `part` occurs in these bytes.
    fileprivate func containsBytes(_ part: some Collection<UInt8>) -> Bool {
        var rest = self[...]
        while rest.count >= part.count {
            if rest.starts(with: part) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}
