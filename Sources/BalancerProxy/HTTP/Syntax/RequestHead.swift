// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A request's line and what its headers say; places are in the head's bytes.
struct RequestHead {
    var method: ByteSlice
    /// The target in origin form, as it is forwarded: the path with the query, or `*`.
    var target: ByteSlice
    /// The host with its port; empty if an HTTP/1.0 client named none.
    var authority: ByteSlice
    var framing: BodyFraming
    var traits: MessageTraits
    var verb: RequestVerb

    /// Whether the client wants to go on using its connection.
    var keepsConnection: Bool {
        traits.contains(.oldVersion)
            ? traits.isSuperset(of: .keepAlive) && !traits.contains(.close)
            : !traits.contains(.close)
    }
}

/// What a request's method lets a proxy do.
enum RequestVerb: UInt8 {
    case get
    case head
    /// Idempotent: to do it twice is as good as once (RFC 9110 section 9.2.2).
    case repeatable
    case other
    /// A tunnel to anywhere, which a reverse proxy does not offer; and the echo of what a client sent.
    case refused

    var isIdempotent: Bool { self == .get || self == .head || self == .repeatable }

    /// Recognises a method; methods are sensitive to case.
    static func of(_ method: UnsafeRawBufferPointer) -> RequestVerb {
        switch method.count {
        case 3: method.equals("GET") ? .get : method.equals("PUT") ? .repeatable : .other
        case 4: method.equals("HEAD") ? .head : .other
        case 5: method.equals("TRACE") ? .refused : .other
        case 6: method.equals("DELETE") ? .repeatable : .other
        case 7:
            method.equals("OPTIONS") ? .repeatable : method.equals("CONNECT") ? .refused : .other
        default: .other
        }
    }
}
