// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// Memory that the process holds, in pages of the base size, as a server's heap mostly is.
enum Ballast {
    /// Fills so many GiB, for as long as the process lives.
    static func hold(gibibytes: Int) throws {
        guard gibibytes > 0 else { return }
        let size = gibibytes << 30
        guard
            let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            memory != MAP_FAILED
        else { throw Errno(rawValue: errno) }
        madvise(memory, size, MADV_NOHUGEPAGE)
        for offset in stride(from: 0, to: size, by: 4096) {
            memory.storeBytes(of: 1, toByteOffset: offset, as: UInt8.self)
        }
    }
}
