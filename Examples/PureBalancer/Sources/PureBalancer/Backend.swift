// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// A stand-in for an HTTP server: answers with a status and says in a header how busy it is.
struct Backend {
    /// What comes back from a request.
    struct Response {
        let status: Int
        let headers: [(name: String, value: String)]
    }

    /// How many requests keep it wholly busy.
    let capacity: Double
    var isBroken = false
    private(set) var served = 0

    init(capacity: Double) {
        self.capacity = capacity
    }

    mutating func answer(inFlight: Int) -> Response {
        if isBroken { return Response(status: 503, headers: []) }
        served += 1
        let report = LoadReport(cpuUtilisation: min(1, Double(inFlight) / capacity), requestsPerSecond: 100)
        return Response(status: 200, headers: [(ORCA.textHeader, ORCA.text(report))])
    }
}
