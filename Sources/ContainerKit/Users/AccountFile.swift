// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The lines of `/etc/passwd` or `/etc/group` (`passwd(5)`, `group(5)`), as an image has them: anything may be in there.
package struct AccountFile {
    private let lines: [[Substring]]

    /// Reads the file's text.
    ///
    /// Lines that have not enough fields are passed over, as libc does.
    package init(_ text: String, fields: Int) {
        lines = text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: ":", omittingEmptySubsequences: false)
            return parts.count >= fields ? parts : nil
        }
    }

    /// A user in `/etc/passwd`.
    package struct User {
        package var number: UInt32
        package var group: UInt32
        package var home: String
        package var name: String
    }

    /// The first user with this name.
    package func user(named name: some StringProtocol) -> User? {
        users.first { $0.name == name }
    }

    /// The first user with this number.
    package func user(numbered number: UInt32) -> User? {
        users.first { $0.number == number }
    }

    /// The first group with this name.
    package func group(named name: some StringProtocol) -> UInt32? {
        lines.first { $0[0] == name }.flatMap { UInt32($0[2]) }
    }

    /// The groups that list this user as a member.
    func groups(ofMember name: String) -> [UInt32] {
        lines.filter { line in line.count > 3 && line[3].split(separator: ",").contains { $0 == name } }
            .compactMap { UInt32($0[2]) }
    }

    private var users: some Sequence<User> {
        lines.lazy.compactMap { line -> User? in
            guard let number = UInt32(line[2]), let group = UInt32(line[3]) else { return nil }
            let home = line.count > 5 ? String(line[5]) : "/"
            return User(number: number, group: group, home: home, name: String(line[0]))
        }
    }
}
