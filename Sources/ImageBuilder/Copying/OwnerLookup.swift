// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Glibc

/// Finds the numbers for `--chown`, and for the user whom a working directory is to belong to.
///
/// A number stands for itself, also as the group where none is named; names are looked up in the image's files.
enum OwnerLookup {
    /// The owner that `text` names, as `user` or `user:group`, in the image's files; in none where `root` is nil.
    static func owner(_ text: String, in root: TreeRoot?) throws(ImageBuilderError) -> FileOwner {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let user = parts.first ?? ""
        var owner: FileOwner
        if let number = try number(user) {
            owner = FileOwner(user: number, group: number)
        } else if user.isEmpty {
            owner = .root
        } else {
            guard let found = try AccountFile(read("etc/passwd", in: root, for: user), fields: 4).user(named: user)
            else {
                throw ImageBuilderError(
                    .unknownUser,
                    "the user \(String(user).inQuotes) is not in the image's /etc/passwd"
                )
            }
            owner = FileOwner(user: found.number, group: found.group)
        }
        guard parts.count == 2, !parts[1].isEmpty else { return owner }
        if let number = try number(parts[1]) {
            owner.group = number
            return owner
        }
        guard let group = try AccountFile(read("etc/group", in: root, for: parts[1]), fields: 3).group(named: parts[1])
        else {
            throw ImageBuilderError(
                .unknownUser,
                "the group \(String(parts[1]).inQuotes) is not in the image's /etc/group"
            )
        }
        owner.group = group
        return owner
    }

    private static func number(_ text: Substring) throws(ImageBuilderError) -> UInt32? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        guard let number = UInt32(text), number < .max else {
            throw ImageBuilderError(
                .unknownUser,
                "\(String(text).inQuotes) is no user or group: it must be below 4294967295"
            )
        }
        return number
    }

    private static func read(
        _ path: String,
        in root: TreeRoot?,
        for name: Substring
    ) throws(ImageBuilderError) -> String {
        guard let root else {
            throw ImageBuilderError(
                .unknownUser,
                "the name \(String(name).inQuotes) can't be used with --link, which looks at no image: give the number"
            )
        }
        guard let place = try root.open(FileName(path), O_PATH), try place.status().isFile else { return "" }
        return String(decoding: try place.reopened().content(upTo: 8 << 20) ?? [], as: UTF8.self)
    }
}
