// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The users or groups that `/etc/subuid` or `/etc/subgid` grant to someone (`subuid(5)`).
///
/// Pure: the file's text comes in.
package struct SubordinateRanges: Hashable, Sendable {
    /// Identifiers in a row.
    package struct Range: Hashable, Sendable {
        package var first: UInt32
        package var count: UInt32

        package init(first: UInt32, count: UInt32) {
            self.first = first
            self.count = count
        }
    }

    /// The ranges, in the file's order.
    package var ranges: [Range]

    package init(_ ranges: [Range] = []) {
        self.ranges = ranges
    }

    /// Reads the lines `name:first:count` for a user, who is named by name or number; malformed ones are passed.
    ///
    /// - Parameters:
    ///   - text: The file's text.
    ///   - name: The user's name, if it has one.
    ///   - number: The user's number; also in `/etc/subgid` it is a user who is granted something.
    package init(_ text: String, name: String?, number: UInt32) {
        ranges = text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count == 3, name.map({ $0 == fields[0] }) == true || fields[0] == String(number),
                let first = UInt32(fields[1]), let count = UInt32(fields[2]), count > 0,
                !first.addingReportingOverflow(count).overflow
            else { return nil }
            return Range(first: first, count: count)
        }
    }

    /// The map that shows someone as 0 and these ranges as 1 and what follows.
    func mappings(of owner: UInt32) -> [UserNamespace.Mapping] {
        var mappings = [UserNamespace.Mapping(inside: 0, outside: owner, count: 1)]
        var next: UInt32 = 1
        // The kernel's limit on ranges is 340, and no identifier may be mapped twice.
        for range in ranges.prefix(339) where !(range.first...(range.first + (range.count - 1))).contains(owner) {
            let count = min(range.count, UInt32.max - 1 - next)
            if count == 0 { break }
            mappings.append(.init(inside: next, outside: range.first, count: count))
            next += count
        }
        return mappings
    }
}
