// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The headers that mean something to a proxy.
enum FieldKind: UInt8 {
    case other
    /// Named in `Connection`, or of no concern beyond this hop; not forwarded.
    case hopByHop
    case connection
    case contentLength
    case transferEncoding
    case host
    case expect
    case upgrade
    case keepAlive
    case te
    case trailer
    case via
    case cookie
    case forwarded
    case forwardedFor
    case forwardedProto
    case forwardedHost
    /// Says where a request came from, in a way that a proxy does not write itself.
    case forwardedOther
    /// An ORCA load report.
    case loadReport

    /// Whether a client may not have it removed by naming it in `Connection`: who could would take from the endpoint
    /// what the proxy tells it, or what frames the message.
    var isProtected: Bool {
        switch self {
        case .contentLength, .transferEncoding, .host, .via, .cookie, .forwarded, .forwardedFor, .forwardedProto,
            .forwardedHost, .forwardedOther:
            true
        default: false
        }
    }

    /// Recognises a header by its name.
    static func of(_ name: UnsafeRawBufferPointer) -> FieldKind {
        switch name.count {
        case 2: name.matches("te") ? .te : .other
        case 3: name.matches("via") ? .via : .other
        case 4: name.matches("host") ? .host : .other
        case 6:
            name.matches("expect") ? .expect : name.matches("cookie") ? .cookie : .other
        case 7:
            name.matches("upgrade") ? .upgrade : name.matches("trailer") ? .trailer : .other
        case 9:
            isForwarding(name, "forwarded") ? .forwarded : isForwarding(name, "x-real-ip") ? .forwardedOther : .other
        case 10:
            name.matches("connection") ? .connection : name.matches("keep-alive") ? .keepAlive : .other
        case 14: name.matches("content-length") ? .contentLength : isForwardedOther(name)
        case 15: isForwarding(name, "x-forwarded-for") ? .forwardedFor : isForwardedOther(name)
        case 16:
            isForwarding(name, "x-forwarded-host")
                ? .forwardedHost
                : name.matches("proxy-connection") ? .hopByHop : isForwardedOther(name)
        case 17:
            isForwarding(name, "x-forwarded-proto")
                ? .forwardedProto
                : name.matches("transfer-encoding") ? .transferEncoding : isForwardedOther(name)
        case 21: name.matches("endpoint-load-metrics") ? .loadReport : isForwardedOther(name)
        case 25: name.matches("endpoint-load-metrics-bin") ? .loadReport : isForwardedOther(name)
        case 26: name.matches("endpoint-load-metrics-json") ? .loadReport : isForwardedOther(name)
        case 12...: isForwardedOther(name)
        default: .other
        }
    }

    private static func isForwardedOther(_ name: UnsafeRawBufferPointer) -> FieldKind {
        guard name.count > 12, ASCII.lowercase(name[0]) == UInt8(ascii: "x") else { return .other }
        return isForwarding(name.part(0..<12), "x-forwarded-") ? .forwardedOther : .other
    }

    /// Compares as servers do that turn headers into variables: for them `X_Forwarded_For` is `X-Forwarded-For`.
    private static func isForwarding(_ name: UnsafeRawBufferPointer, _ lowercase: StaticString) -> Bool {
        guard name.count == lowercase.utf8CodeUnitCount else { return false }
        for index in 0..<name.count {
            let byte = name[index] == UInt8(ascii: "_") ? UInt8(ascii: "-") : ASCII.lowercase(name[index])
            guard byte == lowercase.utf8Start[index] else { return false }
        }
        return true
    }
}
