// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// The `Authorization` values that registries accepted, by registry and scope, as long as they are valid.
final class AuthorizationCache: Sendable {
    private struct Key: Hashable {
        var registry: String
        var scope: String
    }

    private struct Entry {
        var value: String
        var expires: ContinuousClock.Instant
    }

    private let entries = Mutex<[Key: Entry]>([:])

    /// A value that is still valid.
    func value(for registry: String, scope: String) -> String? {
        entries.withLock { entries in
            guard let entry = entries[Key(registry: registry, scope: scope)], entry.expires > .now else { return nil }
            return entry.value
        }
    }

    /// Keeps a value.
    func keep(_ value: String, for registry: String, scope: String, lifetime: Duration) {
        // A little less than granted, so that a token does not run out on its way.
        let expires = ContinuousClock.now + max(lifetime - .seconds(5), .seconds(1))
        entries.withLock { $0[Key(registry: registry, scope: scope)] = Entry(value: value, expires: expires) }
    }

    /// Forgets a value that was refused.
    func forget(_ registry: String, scope: String) {
        entries.withLock { $0[Key(registry: registry, scope: scope)] = nil }
    }
}
