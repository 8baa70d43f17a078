// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import FoundationEssentials

/// The users and groups of the host that containers may be given; pure.
struct UserPool: Hashable {
    /// Who the host grants them to in `/etc/subuid` and `/etc/subgid`.
    static let owner = "nestbox"

    /// Where the host grants none: what no convention gives to anyone, between the ranges that systemd takes for its
    /// containers and those that it keeps for other machines' files.
    ///
    /// 4,094 containers have users of their own at a time.
    static let unclaimed = SubordinateRanges([.init(first: 0x7000_0000, count: 0x0FFE_0000)])

    var users = unclaimed
    var groups = unclaimed

    /// - Parameters:
    ///   - users: What `/etc/subuid` says; `nil` where there is none.
    ///   - groups: What `/etc/subgid` says.
    init(users: String?, groups: String?) {
        let granted = [users, groups].map { SubordinateRanges($0 ?? "", name: Self.owner, number: .max) }
        if !granted[0].ranges.isEmpty { self.users = granted[0] }
        if !granted[1].ranges.isEmpty { self.groups = granted[1] }
    }

    /// The present host's.
    static func current() -> UserPool {
        func text(_ path: String) -> String? {
            (try? Data(contentsOf: URL(filePath: path))).map { String(decoding: $0, as: UTF8.self) }
        }
        return UserPool(users: text("/etc/subuid"), groups: text("/etc/subgid"))
    }

    /// The first users and groups in a row that nobody has.
    ///
    /// - Parameters:
    ///   - count: How many of each.
    ///   - taken: What others have.
    /// - Returns: They; `nil` if so many are not left.
    func free(_ count: UInt32, besides taken: [UserRange]) -> UserRange? {
        guard
            let user = Self.free(count, in: users, besides: taken.map { .init(first: $0.firstUser, count: $0.count) }),
            let group = Self.free(
                count,
                in: groups,
                besides: taken.map { .init(first: $0.firstGroup, count: $0.count) }
            )
        else { return nil }
        return UserRange(firstUser: user, firstGroup: group, count: count)
    }

    private static func free(
        _ count: UInt32,
        in pool: SubordinateRanges,
        besides taken: [SubordinateRanges.Range]
    ) -> UInt32? {
        let taken = taken.sorted { $0.first < $1.first }
        for range in pool.ranges {
            let end = UInt64(range.first) + UInt64(range.count)
            var candidate = UInt64(range.first)
            for other in taken {
                if candidate + UInt64(count) <= UInt64(other.first) { break }
                candidate = max(candidate, UInt64(other.first) + UInt64(other.count))
            }
            if candidate + UInt64(count) <= end { return UInt32(candidate) }
        }
        return nil
    }
}
