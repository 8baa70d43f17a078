// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A version of the PROXY protocol, by which an endpoint is told of the client behind the proxy.
public struct ProxyProtocolVersion: Hashable, Sendable {
    private let number: UInt8

    /// A line of text.
    public static let v1 = ProxyProtocolVersion(number: 1)
    /// Binary.
    public static let v2 = ProxyProtocolVersion(number: 2)
}
