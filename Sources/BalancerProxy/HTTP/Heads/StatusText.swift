// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The statuses that a proxy answers by itself, RFC 9110 section 15.
enum StatusText {
    static func of(_ status: Int) -> StaticString {
        switch status {
        case 400: "Bad Request"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 417: "Expectation Failed"
        case 431: "Request Header Fields Too Large"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Error"
        }
    }

    /// Writes a whole answer of a line of text.
    static func write(_ status: Int, closes: Bool, isHead: Bool, to queue: inout ByteQueue) {
        let text = of(status)
        queue.append("HTTP/1.1 ")
        queue.append(number: UInt64(status))
        queue.append(byte: ASCII.space)
        queue.append(text)
        queue.append("\r\nContent-Type: text/plain\r\n")
        queue.append(length: UInt64(text.utf8CodeUnitCount + 5))
        if status == 405 { queue.append("Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n") }
        queue.append(closes ? "Connection: close\r\n\r\n" : "\r\n")
        guard !isHead else { return }
        queue.append(number: UInt64(status))
        queue.append(byte: ASCII.space)
        queue.append(text)
        queue.append("\n")
    }
}
