// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A small, fast generator whose sequence depends on its seed alone (SplitMix64: Steele, Lea and Flood, OOPSLA 2014).
///
/// It is not for secrets.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    @usableFromInline var state: UInt64

    /// Creates a generator.
    ///
    /// - Parameter seed: Any number; equal seeds give equal sequences.
    @inlinable
    public init(seed: UInt64) {
        state = seed
    }

    /// The next 64 uniform bits.
    @inlinable
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// A uniform index below `bound`, without division (Lemire, TOMACS 2019; the bias is below bound / 2⁶⁴).
    ///
    /// - Parameter bound: How many indices there are; at least 1.
    /// - Returns: 0 ..< bound.
    @inlinable
    public mutating func index(below bound: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(truncatingIfNeeded: bound)).high)
    }

    /// A uniform number in 0 ..< 1 with 53 random bits.
    @inlinable
    public mutating func unit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// The seed of a stream of its own, so that each event loop draws numbers that differ from its neighbours'.
    ///
    /// - Parameters:
    ///   - seed: The seed that all streams share.
    ///   - stream: The number of the stream.
    /// - Returns: A seed of its own for the stream.
    @inlinable
    public static func seed(_ seed: UInt64, stream: UInt64) -> UInt64 {
        mix(seed ^ mix(stream &+ 0x9E37_79B9_7F4A_7C15))
    }

    /// The finaliser: a bijection that spreads each input bit over the word.
    @inlinable
    static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
