// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// Runs work on a thread whose stack is short, as an embedding program's threads may be; what recurses as deep as its
/// input says ends the tests there.
enum ShortStack {
    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// Runs work and waits for its result.
    ///
    /// - Parameters:
    ///   - bytes: The size of the stack.
    ///   - work: What runs.
    /// - Returns: What the work returned.
    /// - Throws: The reason why no thread could be started.
    static func run<Result: Sendable>(
        bytes: Int,
        _ work: @escaping @Sendable () -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            withUnsafeTemporaryAllocation(of: pthread_attr_t.self, capacity: 1) { memory in
                guard let attributes = memory.baseAddress else { return }
                pthread_attr_init(attributes)
                defer { pthread_attr_destroy(attributes) }
                pthread_attr_setdetachstate(attributes, CInt(PTHREAD_CREATE_DETACHED))
                pthread_attr_setstacksize(attributes, bytes)
                start(attributes, Body { continuation.resume(returning: work()) }) {
                    continuation.resume(throwing: $0)
                }
            }
        }
    }

    private static func start(
        _ attributes: UnsafePointer<pthread_attr_t>,
        _ body: Body,
        failed: (Errno) -> Void
    ) {
        let argument = Unmanaged.passRetained(body)
        var thread = pthread_t()
        let number = pthread_create(
            &thread,
            attributes,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            argument.toOpaque()
        )
        if number != 0 {
            argument.release()
            failed(Errno(rawValue: number))
        }
    }
}
