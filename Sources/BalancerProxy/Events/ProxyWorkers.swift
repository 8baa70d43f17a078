// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Synchronization

/// The threads that move the bytes of proxies.
///
/// Any number of proxies share one set. The threads start with the first proxy and end with the last reference.
public final class ProxyWorkers: Sendable {
    /// One thread for each processor, for the whole program.
    public static let shared = ProxyWorkers(count: max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN))))

    /// How many threads there are.
    public let count: Int
    private let started = Mutex<[EventLoopThread]>([])

    /// Describes a set of threads; none is started yet.
    ///
    /// - Parameter count: How many threads; at least 1.
    public init(count: Int) {
        self.count = max(1, count)
    }

    /// The threads, started if they were not.
    ///
    /// - Parameter user: Whose threads they are, for the error: "the proxy's threads".
    /// - Returns: The threads; at least one.
    /// - Throws: ``ProxyError`` if one can't be started.
    func threads(for user: String) throws(ProxyError) -> [EventLoopThread] {
        do {
            return try started.withLock { (threads) throws(SystemCallError) in
                while threads.count < count { threads.append(try EventLoopThread()) }
                return threads
            }
        } catch {
            throw error.asProxyError("\(user) could not be started")
        }
    }
}
