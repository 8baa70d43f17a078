// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The lines of a flat-keyed interface file, `key value` each (cgroup-v2.rst, "Format").
struct CgroupValues {
    private let values: [Substring: UInt64]

    init(_ text: String) {
        values = Dictionary(
            text.split(separator: "\n").compactMap { line in
                let pair = line.split(separator: " ")
                guard pair.count == 2, let value = UInt64(pair[1]) else { return nil }
                return (pair[0], value)
            },
            uniquingKeysWith: { first, _ in first }
        )
    }

    subscript(_ key: Substring) -> UInt64? { values[key] }
}
