// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The right to use a volume, held in the database until it is released or its owner's process is gone.
public struct VolumeLease: Sendable, Hashable, Identifiable {
    /// Names one lease of the store.
    public struct ID: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        /// 32 hexadecimal digits.
        public let rawValue: String

        /// Takes an id as it was stored by the caller.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The digits.
        public var description: String { rawValue }
    }

    /// What ``VolumeStore/release(_:)`` takes.
    ///
    /// Plain text, so that another process can release it.
    public let id: ID

    /// The volume it is for.
    public let volume: VolumeID

    /// Who holds it.
    public let owner: LeaseOwner

    /// Whether it may write.
    public let access: VolumeAccess

    /// Since when.
    public let acquiredAt: Timestamp
}
