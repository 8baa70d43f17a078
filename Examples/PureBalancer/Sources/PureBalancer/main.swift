// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

// Balances over three backends by the load that they report (ORCA), without a container, a socket or a clock:
// the decisions alone, as an HTTP client would use them.

let client = try Client(backends: [Backend(capacity: 20), Backend(capacity: 20), Backend(capacity: 5)])

let answered = client.send(3_000, from: 0)
let before = client.served
print("answered: \(answered) of 3000")
print(
    "the backend with a quarter of the capacity got less than the others: \(before[2] < before[0] && before[2] < before[1])"
)

client.breakDown(0)
let later = client.send(3_000, from: 3_000)
print("answered with one backend broken: \(later) of 3000")
let ejected = client.balancer.status().filter(\.isEjected).map(\.id)
print("left out: \(ejected.joined(separator: ", "))")
