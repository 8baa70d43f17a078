// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The rules for names of volumes and snapshots, which are Docker's.
package enum VolumeName {
    /// The longest name: it must be usable as a file name by other tools (`NAME_MAX`).
    static let maximumLength = 255

    /// Refuses a name that does not match `[a-zA-Z0-9][a-zA-Z0-9_.-]+`.
    package static func validate(_ name: String) throws(VolumeError) {
        let bytes = Array(name.utf8)
        guard bytes.count >= 2 else {
            throw VolumeError(.invalidName, "the name '\(name)' is too short: a name has at least two characters")
        }
        guard bytes.count <= maximumLength else {
            throw VolumeError(
                .invalidName,
                "the name is too long: \(bytes.count) characters, and \(maximumLength) is the most"
            )
        }
        guard isAlphanumeric(bytes[0]), bytes.allSatisfy({ isAlphanumeric($0) || "_.-".utf8.contains($0) }) else {
            throw VolumeError(
                .invalidName,
                "the name '\(name)' has a character that is not allowed: only [a-zA-Z0-9][a-zA-Z0-9_.-] are; "
                    + "for a directory of the host give an absolute path"
            )
        }
    }

    /// The name of an anonymous volume: 64 hexadecimal digits, as Docker makes them.
    static func anonymous() -> String {
        HexadecimalName.random(digits: 64)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
