// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// A few network namespaces that are made ahead, so that a container does not wait for its own.
///
/// ```swift
/// let pool = NamespacePool(size: 2)
/// let namespace = try await pool.take()
/// pool.refill()                           // once the container runs
/// ```
public final class NamespacePool: Sendable {
    private struct State {
        var ready: [NetworkNamespace] = []
        var isFilling = false
        var isClosed = false
    }

    private let size: Int
    private let state = Mutex(State())

    /// Creates an empty pool.
    ///
    /// - Parameter size: How many namespaces it holds at most; 0 for none ahead.
    public init(size: Int = 2) {
        self.size = max(0, size)
    }

    deinit {
        close()
    }

    /// How many namespaces are ready.
    public var count: Int { state.withLock { $0.ready.count } }

    /// A namespace that holds only a loopback interface, which is up; one is made if none is ready.
    ///
    /// - Returns: The namespace, which no other will get.
    /// - Throws: ``NetworkError`` with code `notPermitted` if the process lacks CAP_SYS_ADMIN.
    public func take() async throws -> NetworkNamespace {
        if let ready = state.withLock({ $0.ready.popLast() }) { return ready }
        return try await NetworkNamespace.create()
    }

    /// Begins to make the namespaces that are missing, on a thread of its own that ends with it.
    public func refill() {
        let isNeeded = state.withLock { state in
            guard !state.isClosed, !state.isFilling, state.ready.count < size else { return false }
            state.isFilling = true
            return true
        }
        guard isNeeded else { return }
        do {
            try DedicatedThread.start { [weak self] in self?.fill() }
        } catch {
            // Containers wait for their own namespace then.
            state.withLock { $0.isFilling = false }
        }
    }

    /// Lets go of what is ready.
    public func close() {
        let ready = state.withLock { state in
            state.isClosed = true
            defer { state.ready = [] }
            return state.ready
        }
        for namespace in ready { namespace.close() }
    }

    private func fill() {
        while let made = try? NetworkNamespace.make() {
            let (isKept, isFull) = state.withLock { state in
                guard !state.isClosed, state.ready.count < size else { return (false, true) }
                state.ready.append(made)
                return (true, state.ready.count >= size)
            }
            if !isKept { made.close() }
            if isFull { break }
        }
        state.withLock { $0.isFilling = false }
    }
}
