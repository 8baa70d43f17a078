// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// A request on its way.
struct SimulatedRequest {
    /// Raised when the place is reused, so that events of an earlier request pass by.
    var generation: UInt32 = 0
    var client = 0
    var server = 0
    var start: Int64 = 0
    /// CPU seconds.
    var work = 0.0
    var pick: Pick<Int>?
    /// What the server's responder said when it began.
    var begun = 0
    var reached: Int64 = 0
    var isAtServer = false
}
