// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The identity of a volume or snapshot for its whole life: 32 hexadecimal digits that a rename does not change and that
/// nothing later of the same name gets again.
public struct VolumeID: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// As a number: a list of volumes has one for each, and a text of 32 characters would be an allocation.
    private let number: UInt128

    private init(number: UInt128) {
        self.number = number
    }

    /// Takes 32 lower-case hexadecimal digits, anything else is nil.
    public init?(rawValue: String) {
        guard let id = VolumeID(digits: rawValue.utf8) else { return nil }
        self = id
    }

    /// Takes the digits as bytes.
    init?(digits: some Collection<UInt8>) {
        guard digits.count == 32 else { return nil }
        // Two halves and no branches: a shift of 128 bits for each digit was half of the time of a long list.
        var (high, low, areDigits) = (UInt64(0), UInt64(0), true)
        for digit in digits {
            let isNumber = digit &- UInt8(ascii: "0") < 10
            let isLetter = digit &- UInt8(ascii: "a") < 6
            areDigits = areDigits && isNumber != isLetter
            high = high &<< 4 | low &>> 60
            low = low &<< 4 | UInt64(digit & 15 &+ digit &>> 6 &* 9)
        }
        guard areDigits else { return nil }
        self.init(number: UInt128(high) << 64 | UInt128(low))
    }

    /// 32 lower-case hexadecimal digits.
    public var rawValue: String {
        String(unsafeUninitializedCapacity: 32) { buffer in
            for index in 0..<32 {
                let digit = UInt8(truncatingIfNeeded: number >> (124 - 4 * UInt128(index))) & 15
                buffer[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            }
            return 32
        }
    }

    /// The digits.
    public var description: String { rawValue }

    /// As numbers; what comes with `RawRepresentable` would compare texts.
    public static func == (left: VolumeID, right: VolumeID) -> Bool { left.number == right.number }

    /// As a number.
    public func hash(into hasher: inout Hasher) { hasher.combine(number) }

    /// 32 of its bits, for numbers that the kernel wants short.
    var low: UInt32 { UInt32(truncatingIfNeeded: number) }
}

extension VolumeID {
    /// A new identity, from 128 random bits.
    static func random() -> VolumeID {
        VolumeID(number: UInt128.random(in: 0...UInt128.max))
    }
}
