// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// A probe on its way, or its answer.
struct SimulatedProbe {
    let client: Int
    let target: ProbeTarget<Int>
    var reply: ProbeReply?
}
