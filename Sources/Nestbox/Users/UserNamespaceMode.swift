// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Whose users a container's are: what `--userns` says.
public struct UserNamespaceMode: Sendable, Hashable, CustomStringConvertible {
    enum Kind: Hashable {
        case host
        case own(count: UInt32)
    }

    /// As many as programs count on: up to `nobody`, and 65535.
    static let standardCount: UInt32 = 65_536

    let kind: Kind

    /// The host's: root in the container is root of the host, with less rights.
    public static let host = UserNamespaceMode(kind: .host)

    /// Its own: root in the container is a user of the host that nobody else is, and no other container's.
    ///
    /// Files keep their owners on the disk: what root in the container writes to a volume is root's there, for each
    /// container that sees the volume.
    public static let automatic = UserNamespaceMode(kind: .own(count: standardCount))

    /// Its own, so many of them.
    ///
    /// - Parameter count: How many users and groups it has, from 0 on; at least 1. A file of another is nobody's.
    /// - Returns: The mode.
    /// - Throws: ``NestboxError`` of code `invalidSpecification`.
    public static func automatic(count: UInt32) throws(NestboxError) -> UserNamespaceMode {
        guard count > 0 else {
            throw NestboxError(.invalidSpecification, "a container has at least 1 user of its own")
        }
        return UserNamespaceMode(kind: .own(count: count))
    }

    private init(kind: Kind) {
        self.kind = kind
    }

    /// Reads what `--userns` takes: `host`, `auto`, `auto:size=4096`, or `private`, which is `auto`.
    ///
    /// - Parameter text: What was written.
    /// - Throws: ``NestboxError`` of code `invalidSpecification`.
    public init(_ text: String) throws(NestboxError) {
        let sizePrefix = "auto:size="
        switch text {
        case "", "host": self = .host
        case "auto", "private": self = .automatic
        case _ where text.hasPrefix(sizePrefix):
            guard let count = UInt32(text.dropFirst(sizePrefix.count)) else {
                throw NestboxError(.invalidSpecification, "'\(text)' says no number of users, as auto:size=4096 does")
            }
            self = try .automatic(count: count)
        default:
            throw NestboxError(
                .invalidSpecification,
                "'\(text)' is no user namespace that there is: say host, auto or auto:size=COUNT"
            )
        }
    }

    /// The mode as `--userns` takes it.
    public var description: String {
        switch kind {
        case .host: "host"
        case .own(Self.standardCount): "auto"
        case .own(let count): "auto:size=\(count)"
        }
    }

    /// How many users it has of its own; `nil` for the host's.
    var count: UInt32? {
        if case .own(let count) = kind { count } else { nil }
    }
}

extension UserNamespaceMode: Codable {
    /// Reads the mode as `--userns` takes it.
    public init(from decoder: any Decoder) throws {
        try self.init(try decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the mode as `--userns` takes it.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
