// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How many mounts of one volume may write at the same time.
public struct VolumeSharing: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The name that is stored.
    public let rawValue: String

    /// Takes the name of a mode.
    ///
    /// An unknown one is treated as ``singleWriter``, which is the safer.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The name of the mode.
    public var description: String { rawValue }

    /// Anybody may read and write, as with Docker.
    ///
    /// The default.
    public static let shared = Self(rawValue: "shared")

    /// One mount may write, any number may read beside it.
    public static let singleWriter = Self(rawValue: "single-writer")
}
