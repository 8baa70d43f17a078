// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The kernel's list format for processors and memory nodes: numbers and ranges, such as `0-3,7` (cpuset(7), "List
/// format").
enum CPUList {
    /// Whether the text is a non-empty list of ascending ranges whose numbers do not exceed `most`.
    static func isValid(_ text: String, atMost most: Int) -> Bool {
        text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).allSatisfy { range in
            let bounds = range.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
            guard let first = bounds.first.flatMap(number), bounds.count <= 2 else { return false }
            guard let last = bounds.last.flatMap(number) else { return false }
            return first <= last && last <= most
        }
    }

    /// The list as a bit mask of whole 64-bit words; the text has to be valid.
    static func mask(_ text: String) -> [UInt64] {
        var mask: [UInt64] = []
        for range in text.utf8.split(separator: UInt8(ascii: ",")) {
            let bounds = range.split(separator: UInt8(ascii: "-"))
            guard let first = bounds.first.flatMap(number), let last = bounds.last.flatMap(number), first <= last else {
                continue
            }
            for bit in first...last {
                while mask.count <= bit / 64 { mask.append(0) }
                mask[bit / 64] |= 1 << UInt64(bit % 64)
            }
        }
        return mask
    }

    private static func number(_ digits: Substring.UTF8View) -> Int? {
        guard digits.count <= 5, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int(Substring(digits))
    }
}
