// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ContainerNetwork

/// A network as its user asks for it: what `network create` takes.
public struct NetworkSpecification: Sendable, Hashable {
    /// The name.
    public var name: String
    /// The subnets, one of IPv4 and one of IPv6 at most; a free IPv4 network is found where empty.
    ///
    /// An address with bits behind the prefix becomes the gateway.
    public var subnets: [IPPrefix] = []
    /// Whether it has an IPv6 subnet too, which is found where none is stated.
    public var hasIPv6 = false
    /// Whether containers reach only each other and the host.
    public var isInternal = false
    /// The most bytes of one packet.
    public var mtu: UInt32 = 1500
    /// Free text by which networks are found.
    public var labels: [String: String] = [:]

    /// Creates a specification of the defaults.
    ///
    /// - Parameter name: The name.
    public init(name: String) {
        self.name = name
    }
}
