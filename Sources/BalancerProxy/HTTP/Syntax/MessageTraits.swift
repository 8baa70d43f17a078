// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a message's headers say of its connection and its body.
struct MessageTraits: OptionSet {
    let rawValue: UInt16

    /// `Connection: close`.
    static let close = MessageTraits(rawValue: 1)
    /// `Connection: keep-alive`.
    static let keepAlive = MessageTraits(rawValue: 2)
    /// `Connection: upgrade` with an `Upgrade` that is forwarded.
    static let upgrade = MessageTraits(rawValue: 4)
    /// `Expect: 100-continue`.
    static let expectsContinue = MessageTraits(rawValue: 8)
    /// `TE: trailers`.
    static let takesTrailers = MessageTraits(rawValue: 16)
    /// A load report is among the headers.
    static let hasLoadReport = MessageTraits(rawValue: 32)
    /// HTTP/1.0.
    static let oldVersion = MessageTraits(rawValue: 64)
    /// A `Via` is among the headers.
    static let hasVia = MessageTraits(rawValue: 128)
    /// HTTP/2.
    static let secondVersion = MessageTraits(rawValue: 256)
}

/// How a message's body ends.
enum BodyFraming: Hashable {
    case none
    case length(UInt64)
    case chunked
    /// With the connection; answers only.
    case untilClose
}
