// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// An endpoint that a policy wants probed.
public struct ProbeTarget<Address: Sendable>: Sendable {
    let record: EndpointRecord<Address>

    /// The endpoint.
    public var endpoint: Endpoint<Address> { record.endpoint }
}
