// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// The bounds of a Unix socket's path, unix(7).
enum UnixPath {
    /// The bytes that `sun_path` has room for, the closing NUL among them.
    static let capacity = MemoryLayout.size(ofValue: sockaddr_un().sun_path)
}
