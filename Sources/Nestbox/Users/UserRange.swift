// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit

/// The users and groups of the host that those of a container are: its 0 is the first, its 1 the next.
public struct UserRange: Sendable, Hashable, Codable {
    /// The host's user that is root in the container.
    public var firstUser: UInt32
    /// The host's group that is group 0 in the container.
    public var firstGroup: UInt32
    /// How many of each.
    public var count: UInt32

    /// Names users and groups of the host.
    public init(firstUser: UInt32, firstGroup: UInt32, count: UInt32) {
        self.firstUser = firstUser
        self.firstGroup = firstGroup
        self.count = count
    }

    /// The range as the runtime takes it.
    var userNamespace: UserNamespace {
        UserNamespace(
            users: [.init(inside: 0, outside: firstUser, count: count)],
            groups: [.init(inside: 0, outside: firstGroup, count: count)]
        )
    }
}

extension UserRange {
    /// As it is written down beside a container, for others to know that it is taken.
    var text: String { "\(firstUser):\(firstGroup):\(count)" }

    init?(_ text: String) {
        let numbers = text.split(separator: ":", omittingEmptySubsequences: false).map { UInt32($0) }
        guard numbers.count == 3, let user = numbers[0], let group = numbers[1], let count = numbers[2], count > 0
        else {
            return nil
        }
        self.init(firstUser: user, firstGroup: group, count: count)
    }
}
