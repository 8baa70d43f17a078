// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// What takes the network's time.
enum NetworkMessage {
    /// A request reaches its server.
    case reach(request: Int, generation: UInt32)
    /// An answer reaches its client.
    case answer(request: Int, generation: UInt32, outcome: Outcome)
    /// A probe reaches its server.
    case probe(Int)
    /// The answer to a probe reaches its client.
    case probed(Int)
}
