// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import SystemPackage

/// Finds the numbers for a process's user, by the rules of Docker's `USER` and `-u`.
///
/// Pure: the files' contents come in. A word made of digits is a number and never looked up as a name, so that an image
/// can't turn `1000` into root (CVE-2016-3697).
struct UserResolution {
    /// The text of the container's `/etc/passwd`; empty where there is none.
    var passwd: String
    /// The text of the container's `/etc/group`; empty where there is none.
    var group: String

    func identity(of user: ProcessUser) throws(ContainerError) -> ProcessIdentity {
        switch user.form {
        case .numbers(let number, let group):
            let account = AccountFile(passwd, fields: 4).user(numbered: number)
            return ProcessIdentity(
                user: number,
                group: group,
                supplementaryGroups: user.supplementaryGroups,
                home: account?.home
            )
        case .name(let text):
            return try named(text, extra: user.supplementaryGroups)
        }
    }

    private func named(_ text: String, extra: [UInt32]) throws(ContainerError) -> ProcessIdentity {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let account = try account(parts.first ?? "")
        guard parts.count == 2, !parts[1].isEmpty else {
            var groups = extra
            if let name = account.name {
                groups += AccountFile(group, fields: 3).groups(ofMember: name)
                    .filter { $0 != account.group && !extra.contains($0) }
            }
            return ProcessIdentity(
                user: account.number,
                group: account.group,
                supplementaryGroups: groups,
                home: account.home
            )
        }
        let primary = try number(ofGroup: parts[1])
        return ProcessIdentity(user: account.number, group: primary, supplementaryGroups: extra, home: account.home)
    }

    private typealias Account = (number: UInt32, group: UInt32, home: String?, name: String?)

    private func account(_ text: Substring) throws(ContainerError) -> Account {
        let file = AccountFile(passwd, fields: 4)
        if text.isEmpty { return (0, 0, file.user(numbered: 0)?.home, nil) }
        if text.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) {
            guard let number = UInt32(text), number < UInt32.max else {
                throw .invalid("user '\(text)'", "is no user number: it must be below 4294967295")
            }
            let found = file.user(numbered: number)
            return (number, found?.group ?? 0, found?.home, found?.name)
        }
        guard let found = file.user(named: text) else {
            throw ContainerError(
                .unknownUser,
                "user '\(text)' is not in the container's /etc/passwd",
                operation: "look up user",
                path: "/etc/passwd"
            )
        }
        return (found.number, found.group, found.home, found.name)
    }

    private func number(ofGroup text: Substring) throws(ContainerError) -> UInt32 {
        if text.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) {
            guard let number = UInt32(text), number < UInt32.max else {
                throw .invalid("group '\(text)'", "is no group number: it must be below 4294967295")
            }
            return number
        }
        guard let number = AccountFile(group, fields: 3).group(named: text) else {
            throw ContainerError(
                .unknownUser,
                "group '\(text)' is not in the container's /etc/group",
                operation: "look up group",
                path: "/etc/group"
            )
        }
        return number
    }
}
