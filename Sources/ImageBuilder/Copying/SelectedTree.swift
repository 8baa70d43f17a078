// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// A file, or a directory with what is taken of it.
///
/// The selection is made once, so that what is hashed is what is copied.
struct SelectedTree: Sendable {
    /// One of the files.
    struct Entry: Sendable {
        /// The path from the top; empty for the top itself.
        var path: FileName
        var status: FileStatus
    }

    /// The last component of the path by which it was asked for: it names a copy in a directory.
    var name: FileName
    /// The directory, opened to be read; or the file, opened as a place.
    var top: OpenFile
    var status: FileStatus
    /// The top and all below it that is taken; a directory comes before what is in it.
    var entries: [Entry]
    /// Who all of it belongs to; nil for the files' own owners.
    var owner: FileOwner?

    var isDirectory: Bool { status.isDirectory }

    /// Opens one of its files to be read.
    func open(_ entry: Entry) throws(ImageBuilderError) -> OpenFile {
        if entry.path.isEmpty { return try isDirectory ? top : top.reopened() }
        return try top.openBeneath(entry.path, O_RDONLY | O_NONBLOCK)
    }

    /// What one of its links points at.
    func target(of entry: Entry) throws(ImageBuilderError) -> [UInt8] {
        let (directory, name) = entry.path.split
        let parent = try top.openBeneath(directory, O_PATH)
        return try withExtendedLifetime(parent) { () throws(ImageBuilderError) in
            try SystemCall.readLink(parent.number, name)
        }
    }

    func owner(of entry: Entry) -> FileOwner {
        owner ?? FileOwner(user: entry.status.user, group: entry.status.group)
    }
}

/// A user's and a group's number.
struct FileOwner: Sendable, Hashable {
    var user: UInt32
    var group: UInt32

    static let root = FileOwner(user: 0, group: 0)
}
