// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension RetryPolicy {
    /// Runs `body` until it succeeds, fails for good, or the attempts are used up.
    func run<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        var generator = SystemRandomNumberGenerator()
        var failures = 0
        while true {
            do {
                return try await body()
            } catch let error as RegistryError where error.isTransient {
                failures += 1
                guard let delay = delay(after: failures, requested: error.retryAfter, using: &generator) else {
                    throw error
                }
                try await Task.sleep(for: delay)
            }
        }
    }
}
