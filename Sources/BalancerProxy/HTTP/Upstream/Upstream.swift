// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// An endpoint's side of an exchange: an HTTP/1 connection, or a stream of an HTTP/2 one.
protocol Upstream: AnyObject {
    /// Begins to send the request of an exchange.
    func begin(_ placement: any Placement, for exchange: Exchange)

    /// More of the request is there to be sent.
    func requestAdded()

    /// The client takes more of the answer.
    func clientHasRoom()

    /// Nothing more is wanted.
    func abandon()
}

extension HTTP1Upstream: Upstream {
    func begin(_ placement: any Placement, for exchange: Exchange) {
        if case .idle = phase { use(for: exchange) } else { open(placement, for: exchange) }
    }
}
