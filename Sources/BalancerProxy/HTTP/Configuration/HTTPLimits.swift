// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How much of a client's or endpoint's message is taken.
public struct HTTPLimits: Hashable, Sendable {
    /// The most bytes of a head, request line and headers together; 32 KiB by default.
    ///
    /// A longer one is answered 431, or 414 if its first line alone is longer.
    public var headBytes: Int = 32_768
    /// The most headers of a message; 128 by default.
    ///
    /// More are answered 431.
    public var headerCount: Int = 128
    /// The most bytes of a request's body; not bounded by default.
    ///
    /// More are answered 413.
    public var requestBodyBytes: Int?
    /// The most streams that an HTTP/2 client may have open; 128 by default.
    public var http2Streams: Int = 128

    /// Creates the defaults.
    public init() {}

    func validate() throws(ProxyError) {
        guard headBytes >= 256, headBytes <= 1 << 20 else {
            throw ProxyError(.invalidConfiguration, "limits.headBytes must be from 256 to 1048576, not \(headBytes)")
        }
        guard headerCount >= 8, headerCount <= 10_000 else {
            throw ProxyError(.invalidConfiguration, "limits.headerCount must be from 8 to 10000, not \(headerCount)")
        }
        guard requestBodyBytes ?? 0 >= 0 else {
            throw ProxyError(.invalidConfiguration, "limits.requestBodyBytes must not be negative")
        }
        guard http2Streams >= 1, http2Streams <= 10_000 else {
            throw ProxyError(.invalidConfiguration, "limits.http2Streams must be from 1 to 10000, not \(http2Streams)")
        }
    }
}
