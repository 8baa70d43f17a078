// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A request placed on an endpoint.
///
/// The request counts as in flight until it is handed to ``LoadBalancer/complete(_:_:latency:at:)``, which must happen
/// exactly once, on any thread.
public struct Pick<Address: Sendable>: Sendable {
    let record: EndpointRecord<Address>
    /// When the pick was made.
    public let started: Timestamp

    /// The endpoint that was chosen.
    public var endpoint: Endpoint<Address> { record.endpoint }

    /// How to reach it.
    public var address: Address { record.endpoint.address }

    /// The endpoint's slot, by which a retry can exclude it.
    public var slot: Int { record.slot }
}
