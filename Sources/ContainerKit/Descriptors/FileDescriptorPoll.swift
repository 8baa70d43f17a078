// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
internal import SystemPackage

/// A blocking wait for one descriptor, where the reactor can't be used.
struct FileDescriptorPoll {
    private var entry: pollfd

    init(_ descriptor: FileDescriptor) {
        entry = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
    }

    mutating func waitUntilReadable() {
        while poll(&entry, 1, -1) < 0, Glibc.errno == EINTR {}
    }
}
