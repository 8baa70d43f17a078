// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Sizes as people write them for Docker: `8m`, `1.5GB`, `4096`.
enum ByteSize {
    /// Reads a number with an optional unit of 1024: b, k, m, g, t, p, each also as `kb` or `kib`, in any case.
    ///
    /// - Returns: The bytes, or nil for anything else, for zero and for what does not fit.
    static func parse(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits), number > 0, let factor = factor(text.dropFirst(digits.count).lowercased())
        else { return nil }
        let bytes = number * factor
        return bytes >= 1 && bytes < 0x1p62 ? Int64(bytes) : nil
    }

    private static func factor(_ unit: String) -> Double? {
        switch unit {
        case "", "b": 1
        case "k", "kb", "kib": 0x1p10
        case "m", "mb", "mib": 0x1p20
        case "g", "gb", "gib": 0x1p30
        case "t", "tb", "tib": 0x1p40
        case "p", "pb", "pib": 0x1p50
        default: nil
        }
    }
}
