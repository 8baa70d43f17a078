// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What an HTTP/1 client's connection is ready for, and what is known of its present request.
struct ClientFlags: OptionSet {
    var rawValue: UInt16

    static let readable = ClientFlags(rawValue: 1)
    static let writable = ClientFlags(rawValue: 2)
    /// The client sends no more after what it has sent.
    static let finishing = ClientFlags(rawValue: 4)
    /// Its connection broke.
    static let broken = ClientFlags(rawValue: 8)
    /// It may have another request.
    static let keeps = ClientFlags(rawValue: 16)
    /// It speaks HTTP/1.0.
    static let oldVersion = ClientFlags(rawValue: 32)
    /// It asked by HEAD.
    static let head = ClientFlags(rawValue: 64)
    /// The answer's head was taken in.
    static let answerBegan = ClientFlags(rawValue: 128)
    /// The answer goes out in chunks.
    static let chunked = ClientFlags(rawValue: 256)
    /// The answer is over, and the connection is to be closed when it has been sent.
    static let closesAfterFlush = ClientFlags(rawValue: 512)
    /// A blank line before the request was passed over.
    static let passedBlank = ClientFlags(rawValue: 1024)
    /// Reading the request was held up by the endpoint.
    static let wasCongested = ClientFlags(rawValue: 2048)
    /// The first request is over.
    static let hasServed = ClientFlags(rawValue: 4096)
    /// The time for a request's head runs.
    static let headTimed = ClientFlags(rawValue: 8192)

    /// What belongs to one request only.
    static let ofRequest: ClientFlags = [
        .keeps, .oldVersion, .head, .answerBegan, .chunked, .closesAfterFlush, .passedBlank, .wasCongested, .headTimed,
    ]
}
