// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// What a connector gave: a descriptor that the taker must close or hand on.
enum Answer: Sendable {
    case connected(CInt)
    case unconnected(CInt, StreamAddress)
    case failed

    init(_ socket: consuming UpstreamSocket) {
        let target = socket.target
        let descriptor = socket.release()
        self = target.map { .unconnected(descriptor, $0) } ?? .connected(descriptor)
    }

    /// Closes what no one wants any more.
    func discard() {
        switch self {
        case .connected(let descriptor), .unconnected(let descriptor, _): _ = close(descriptor)
        case .failed: break
        }
    }
}
