// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

@testable import BalancerProxy

/// A number that threads count up.
final class Counter: Sendable {
    private let number = Atomic<Int>(0)

    var value: Int { number.load(ordering: .sequentiallyConsistent) }

    func add(_ more: Int) {
        number.add(more, ordering: .sequentiallyConsistent)
    }
}

extension TCPProxy {
    /// The bytes that all connections together keep in memory.
    func bufferedBytes() async -> Int {
        var sum = 0
        for index in core.directory.ports.indices {
            sum += await withCheckedContinuation { continuation in
                core.directory.on(
                    index,
                    { shard in continuation.resume(returning: shard.bufferedBytes) },
                    otherwise: { continuation.resume(returning: 0) }
                )
            }
        }
        return sum
    }
}
