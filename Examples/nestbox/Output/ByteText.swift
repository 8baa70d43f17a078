// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Sizes as people read them.
enum ByteText {
    /// Such as `12.5MB`, with factors of 1000 as Docker has them.
    static func text(_ bytes: Int64) -> String {
        var amount = Double(bytes)
        var units = ["B", "kB", "MB", "GB", "TB"][...]
        while amount >= 1000, units.count > 1 {
            amount /= 1000
            units.removeFirst()
        }
        let unit = units.first ?? "B"
        if unit == "B" || amount >= 100 { return "\(Int(amount.rounded()))\(unit)" }
        let tenths = Int((amount * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)\(unit)"
    }
}
