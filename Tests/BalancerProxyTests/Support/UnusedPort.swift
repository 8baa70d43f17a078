// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization
import Testing

@testable import BalancerProxy

/// Ports of loopback at which no one listens.
///
/// They are none of those that the kernel gives away, so that no other test's socket has one meanwhile. That no one listens
/// is seen by connecting: a listener, even closed at once, lives on for a moment in a program that is just being started.
enum UnusedPort {
    private static let given = Mutex<Set<UInt16>>([])

    /// A port that no test has been given before.
    static func next() throws -> UInt16 {
        let port = (0..<1000).lazy.map { _ in UInt16.random(in: 20_000..<32_000) }.first { take($0) && isFree($0) }
        return try #require(port)
    }

    /// The address of such a port.
    static func address() throws -> StreamAddress {
        .loopback(port: try next())
    }

    private static func isFree(_ port: UInt16) -> Bool {
        (try? TestSocket(to: .loopback(port: port))) == nil
    }

    private static func take(_ port: UInt16) -> Bool {
        given.withLock { $0.insert(port).inserted }
    }
}
