// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// An endpoint that a policy wants probed.
public struct ProbeTarget<Address: Sendable>: Sendable {
    /// The endpoint.
    public let endpoint: Endpoint<Address>
    let slot: Int
    let load: LoadHandle
    let generation: UInt32
}
