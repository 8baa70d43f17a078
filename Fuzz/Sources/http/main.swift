// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

@_spi(Fuzzing) import BalancerProxy
import FuzzDriver

// Requests, answers and PROXY headers: what is taken of a request is forwarded as something that is taken again.
fuzz { bytes in
    guard let forwarded = HTTPFuzzing.forward(bytes) else { return }
    // A few headers are added, so the next reader takes more of them.
    let again = HTTPFuzzing.forward(forwarded, mostFields: 128, mostBytes: 16_384)
    precondition(again != nil, "what is forwarded is refused by the next reader")
}
