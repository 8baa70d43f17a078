// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// When an image is fetched from its registry before a container is made from it.
public struct PullPolicy: RawRepresentable, Hashable, Sendable, Codable {
    /// The policy's name, as `--pull` takes it.
    public let rawValue: String

    /// Takes a name; one that is not in ``all`` is refused when it is used.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Where it is not there.
    public static let missing = PullPolicy(rawValue: "missing")
    /// Each time, so that a newer image under the same name is found.
    public static let always = PullPolicy(rawValue: "always")
    /// Never.
    public static let never = PullPolicy(rawValue: "never")

    /// The policies there are.
    public static let all = [missing, always, never]
}
