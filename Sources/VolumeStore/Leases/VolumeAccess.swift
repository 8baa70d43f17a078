// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a mount may do with a volume.
public struct VolumeAccess: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The name of the access.
    public let rawValue: String

    /// Takes the name of an access.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The name of the access.
    public var description: String { rawValue }

    /// Reads and writes.
    public static let readWrite = Self(rawValue: "read-write")

    /// Reads only; the caller's mount must be made read-only.
    public static let readOnly = Self(rawValue: "read-only")
}
