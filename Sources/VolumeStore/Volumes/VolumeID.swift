// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The identity of a volume or snapshot for its whole life: 32 hexadecimal digits that a rename does not change and that
/// nothing later of the same name gets again.
public struct VolumeID: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// 32 lower-case hexadecimal digits.
    public let rawValue: String

    /// Takes 32 lower-case hexadecimal digits, anything else is nil.
    public init?(rawValue: String) {
        let digits = rawValue.utf8
        guard digits.count == 32, digits.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else {
            return nil
        }
        self.rawValue = rawValue
    }

    /// The digits.
    public var description: String { rawValue }
}

extension VolumeID {
    /// A new identity, from 128 random bits.
    static func random() -> VolumeID {
        VolumeID(unchecked: HexadecimalName.random(digits: 32))
    }

    private init(unchecked rawValue: String) {
        self.rawValue = rawValue
    }
}
