// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The sums over all devices in a nested-keyed interface file, `8:0 rbytes=1 wbytes=2` (cgroup-v2.rst, "Format").
struct DeviceCounts {
    private var sums: [Substring: UInt64] = [:]

    init(_ text: String) {
        for line in text.split(separator: "\n") {
            for word in line.split(separator: " ").dropFirst() {
                let pair = word.split(separator: "=")
                guard pair.count == 2, let value = UInt64(pair[1]) else { continue }
                sums[pair[0], default: 0] &+= value
            }
        }
    }

    /// The sum; 0 for what no device has counted yet.
    subscript(_ key: Substring) -> UInt64 { sums[key] ?? 0 }

    /// The sums of reads and writes in v1's form, `8:0 Read 1`.
    static func legacy(_ text: String) -> (reads: UInt64, writes: UInt64) {
        var sums: (reads: UInt64, writes: UInt64) = (0, 0)
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 3, let value = UInt64(words[2]) else { continue }
            if words[1] == "Read" { sums.reads &+= value }
            if words[1] == "Write" { sums.writes &+= value }
        }
        return sums
    }
}
