// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

extension Duration {
    /// Nanoseconds on a simulation's clock.
    var simulated: Int64 { wholeNanoseconds }
}
