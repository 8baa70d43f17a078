// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import BalancerProxy
internal import ContainerNetwork

/// A port of a container: the address of an endpoint behind a published port.
enum ContainerPort: Sendable {
    /// By the container's address on its network.
    case address(StreamAddress, isIPv6: Bool)
    /// By the loopback of the container's namespace.
    case loopback(NetworkNamespace, port: UInt16)
}
