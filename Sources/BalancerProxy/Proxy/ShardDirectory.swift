// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// Finds each thread's part of a proxy.
final class ShardDirectory<Shard: EventSource & SendableMetatype>: Sendable {
    let ports: [EventLoopPort]
    private let ids: Mutex<[SourceID?]>

    init(ports: [EventLoopPort]) {
        self.ports = ports
        ids = Mutex(Array(repeating: nil, count: ports.count))
    }

    /// Makes a part on each thread.
    ///
    /// - Parameter make: Makes and starts the part of a thread, and gives its name.
    func begin(_ make: @escaping @Sendable (EventLoop, _ index: Int) -> SourceID) {
        for (index, port) in ports.enumerated() {
            port.submit { [self] loop in
                let id = make(loop, index)
                ids.withLock { $0[index] = id }
            }
        }
    }

    /// Whether a thread's part has begun.
    func has(_ index: Int) -> Bool {
        ids.withLock { $0[index] != nil }
    }

    /// Does something on every thread's part.
    func onEvery(_ body: @escaping @Sendable (Shard) -> Void) {
        for index in ports.indices { on(index, body) }
    }

    /// Does something on one thread's part, unless that has finished by then.
    func on(
        _ index: Int,
        _ body: @escaping @Sendable (Shard) -> Void,
        otherwise: (@Sendable () -> Void)? = nil
    ) {
        ports[index].submit { [self] loop in
            let id = ids.withLock { $0[index] }
            if let id, let shard = loop.source(id) as? Shard {
                body(shard)
            } else {
                otherwise?()
            }
        }
    }

    /// The thread with clearly fewer connections than another; nil if that one has few enough.
    func lessBusy(than index: Int) -> Int? {
        let mine = ports[index].load.load(ordering: .relaxed)
        return ports.indices.first { other in
            other != index && mine > ports[other].load.load(ordering: .relaxed) + 1 + mine / 8 && has(other)
        }
    }
}
