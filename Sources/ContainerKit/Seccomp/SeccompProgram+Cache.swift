// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Synchronization

extension SeccompProgram {
    /// The most programs that are kept: a process runs few kinds of containers.
    private static let cacheLimit = 64

    private static let cache = Mutex<[SeccompProfile: SeccompProgram]>([:])

    /// The program of a profile, compiled when it is first asked for.
    ///
    /// - Parameter profile: The profile.
    /// - Returns: The program.
    /// - Throws: As ``init(compiling:for:)``; a failure is not kept.
    package static func compiled(from profile: SeccompProfile) throws(ContainerError) -> SeccompProgram {
        if let program = cache.withLock({ $0[profile] }) { return program }
        // Outside the lock: two first askers may both compile, which is wasteful once and wrong never.
        let program = try SeccompProgram(compiling: profile)
        cache.withLock { programs in
            if programs.count >= cacheLimit { programs.removeAll() }
            programs[profile] = program
        }
        return program
    }
}
