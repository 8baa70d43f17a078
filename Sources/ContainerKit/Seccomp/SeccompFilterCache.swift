// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Synchronization

/// A runtime's compiled filters: looked up by policy and capabilities, so that a launch neither builds nor hashes a
/// profile of hundreds of names.
final class SeccompFilterCache: Sendable {
    private struct Key: Hashable {
        var policy: SeccompPolicy
        var capabilities: CapabilitySet
    }

    private let filters = Mutex<[Key: LaunchInputs.SeccompFilter]>([:])
    private let store: SeccompFilterStore?

    /// - Parameter store: Where filters are kept beyond this process.
    init(store: SeccompFilterStore? = nil) {
        self.store = store
    }

    /// The filter for a process; `nil` for an unconfined one.
    ///
    /// - Throws: ``ContainerError`` if the profile can't be compiled.
    func filter(_ policy: SeccompPolicy, capabilities: CapabilitySet) throws -> LaunchInputs.SeccompFilter? {
        let key = Key(policy: policy, capabilities: capabilities)
        // Compiled under the lock: who comes meanwhile waits for this one instead of compiling it again.
        return try filters.withLock { filters in
            if let filter = filters[key] { return filter }
            guard let profile = policy.profile(for: capabilities) else { return nil }
            let filter = try store?.filter(of: profile) ?? compile(profile)
            filters[key] = filter
            return filter
        }
    }

    private func compile(_ profile: SeccompProfile) throws(ContainerError) -> LaunchInputs.SeccompFilter {
        let program = try SeccompProgram.compiled(from: profile)
        let filter = LaunchInputs.SeccompFilter(program: program.bytes, flags: program.flags)
        store?.keep(filter, of: profile)
        return filter
    }

    /// Compiles the default profile on a thread of its own.
    ///
    /// It takes some 20 ms, which the first launch then need not wait for.
    func warmUp() throws(ContainerError) {
        try NativeThread.start("nestbox-seccomp") { _ = try? self.filter(.standard, capabilities: .docker) }
    }
}
