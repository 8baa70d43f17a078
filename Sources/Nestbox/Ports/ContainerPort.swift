// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerNetwork

/// A port inside a container: the address of an endpoint behind a published port.
struct ContainerPort: Sendable {
    let namespace: NetworkNamespace
    let port: UInt16
}
