// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Synchronization
import SystemPackage

/// Files with several names: the first that is met is copied, the others are made links to it when all files are there.
final class LinkedFiles: Sendable {
    private struct State {
        var first: [FileStatus.Inode: EntryName] = [:]
        var others: [(first: EntryName, name: EntryName)] = []
        /// Directories that get a name later, and only then their times.
        var directories: [(name: EntryName, attributes: FileAttributes)] = []
    }

    private let state = Mutex(State())

    /// Says whether this is the name to copy; if not, it is noted.
    func isFirst(_ inode: FileStatus.Inode, _ name: EntryName) -> Bool {
        state.withLock { state in
            if let first = state.first[inode] {
                state.others.append((first, name))
                return false
            }
            state.first[inode] = name
            return true
        }
    }

    /// Notes what a directory shall look like after it has got its links.
    func postpone(_ attributes: FileAttributes, of directory: EntryName) {
        state.withLock { $0.directories.append((directory, attributes)) }
    }

    /// Makes the links, in a tree that nobody else can reach.
    func finish(in root: CInt, path: FilePath) throws(VolumeError) {
        let (others, directories) = state.withLock { ($0.others, $0.directories) }
        for (first, name) in others {
            guard linkat(root, first.bytes, root, name.bytes, 0) == 0 else {
                throw .system("linkat", path.appending(name.text))
            }
        }
        for (name, attributes) in directories {
            let relative: EntryName = name == "" ? "." : name
            let directory = openat(root, relative.bytes, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard directory >= 0 else { throw .system("open", path.appending(name.text)) }
            defer { close(directory) }
            try attributes.apply(to: directory, path: path.appending(name.text))
        }
    }
}
