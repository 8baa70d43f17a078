// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Control-P and Control-Q, one after the other, by which a person leaves a container; every other key is passed on.
struct DetachKeys {
    private static let first: UInt8 = 0x10
    private static let second: UInt8 = 0x11

    private var isPending = false
    /// Whether both have been pressed.
    private(set) var areComplete = false

    /// Takes keys.
    ///
    /// - Parameter bytes: What was typed.
    /// - Returns: What is passed on: nothing of what comes after the two.
    mutating func take(_ bytes: [UInt8]) -> [UInt8] {
        var passed: [UInt8] = []
        for byte in bytes {
            if isPending, byte == Self.second {
                areComplete = true
                break
            }
            if isPending { passed.append(Self.first) }
            isPending = byte == Self.first
            if !isPending { passed.append(byte) }
        }
        return passed
    }
}
