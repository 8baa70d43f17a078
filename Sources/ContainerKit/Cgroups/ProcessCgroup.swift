// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// One line of `/proc/self/cgroup` (cgroups(7)): this process's place in one hierarchy.
struct ProcessCgroup: Hashable, Sendable {
    /// The hierarchy's number; 0 is v2.
    var hierarchy: Int
    /// The controllers or `name=…` of a v1 hierarchy; empty on v2.
    var controllers: Set<String>
    /// The process's group, seen from the root of its cgroup namespace.
    var path: FilePath

    /// Parses all lines; one that is malformed is left out.
    static func parse(_ bytes: [UInt8]) -> [ProcessCgroup] {
        bytes.split(separator: UInt8(ascii: "\n")).compactMap(ProcessCgroup.init(line:))
    }

    init?(line: ArraySlice<UInt8>) {
        // A group's own name may hold colons, so only the first two separate.
        let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3, let hierarchy = Int(String(decoding: fields[0], as: UTF8.self)) else { return nil }
        self.hierarchy = hierarchy
        controllers = Set(fields[1].split(separator: UInt8(ascii: ",")).map { String(decoding: $0, as: UTF8.self) })
        path = FilePath(String(decoding: fields[2], as: UTF8.self))
    }
}
