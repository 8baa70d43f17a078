// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// Paths as a shell's user writes them.
enum HostPath {
    /// The path from the root; a relative one begins in the current directory.
    static func absolute(_ text: String) -> FilePath {
        let path = FilePath(text)
        guard path.isRelative, let current = getcwd(nil, 0) else { return path.lexicallyNormalized() }
        defer { free(current) }
        return FilePath(String(cString: current)).pushing(path).lexicallyNormalized()
    }
}
