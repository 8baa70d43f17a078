// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The user namespace that this process is in.
enum UserNamespace {
    /// Whether it is the machine's own, in which root may make devices and give files to anyone.
    ///
    /// Source: user_namespaces(7): only there is every id the same inside and outside.
    static func isInitial() -> Bool {
        let path = FilePath("/proc/self/uid_map")
        guard let file = try? OpenFile(path, O_RDONLY) else { return true }
        let block = Block()
        let count = (try? file.read(into: block.memory, at: 0, path: path.string)) ?? 0
        let map = String(decoding: block.memory[..<count], as: UTF8.self)
        return map.split(whereSeparator: \.isWhitespace) == ["0", "0", "4294967295"]
    }
}
