// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// Why an attempt to have a request answered failed.
enum AttemptFailure {
    /// No connection could be made.
    case unreachable
    /// No connection was made in time.
    case connectTimeout
    /// A connection that had been idle was closed by the endpoint just as it was used again.
    case stale
    /// The connection broke before an answer came.
    case broken
    /// The endpoint says that it has not done anything of what was asked, or was asked for nothing yet.
    case refused
    /// What came is no answer.
    case malformed
    /// No answer came in time.
    case timeout

    /// What it says of the endpoint; nothing, where an idle connection may be closed at any time.
    var outcome: Outcome {
        switch self {
        case .unreachable, .broken: .connectionError
        case .malformed: .gatewayError
        case .connectTimeout, .timeout: .timeout
        case .stale, .refused: .cancelled
        }
    }

    /// What the client is answered if there is no other attempt.
    var status: Int {
        switch self {
        case .unreachable, .refused: 503
        case .connectTimeout, .timeout: 504
        case .stale, .broken, .malformed: 502
        }
    }

    var ending: HTTPAccessRecord.Ending {
        switch self {
        case .unreachable, .refused: .unavailable
        case .connectTimeout, .timeout: .timedOut
        case .stale, .broken, .malformed: .upstreamFailed
        }
    }
}
