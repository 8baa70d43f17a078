// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Looks for the two blocks of zeros that end a tar archive.
///
/// Without them an archive that was cut off between two entries would look whole. Source: POSIX pax, "ustar
/// Interchange Format".
struct EndMarker {
    private var zeros = 0

    /// Whether the stream so far ends with the marker.
    var isPresent: Bool { zeros >= 1_024 }

    /// Looks at the next bytes of the stream.
    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        let tail = bytes.suffix(1_024)
        let trailing = tail.reversed().prefix { $0 == 0 }.count
        zeros = trailing == bytes.count ? min(zeros + trailing, 1_024) : trailing
    }
}
