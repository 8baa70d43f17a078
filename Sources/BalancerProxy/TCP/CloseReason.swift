// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// Why a proxied connection ends.
enum CloseReason {
    /// Both sides ended their streams.
    case finished
    /// The client's connection broke.
    case clientFailed
    /// The endpoint's connection broke.
    case upstreamFailed
    /// No byte came for too long.
    case idle
    /// No endpoint could be reached.
    case refused
    /// The proxy ends it.
    case abandoned

    /// What it says of the endpoint.
    var outcome: Outcome {
        switch self {
        case .finished, .idle: .success
        case .upstreamFailed: .connectionError
        case .clientFailed, .refused, .abandoned: .cancelled
        }
    }

    /// Whether the sides must see that bytes may be missing, by a reset.
    var breaksStreams: Bool {
        switch self {
        case .clientFailed, .upstreamFailed, .abandoned: true
        case .finished, .idle, .refused: false
        }
    }
}
