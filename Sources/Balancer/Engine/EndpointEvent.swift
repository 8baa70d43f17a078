// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A change in what a balancer knows.
public enum EndpointEvent<Address: Sendable>: Sendable {
    /// An endpoint joins; if its name is known its description is replaced and its history kept.
    case add(Endpoint<Address>)
    /// An endpoint leaves at once; requests on it may still complete.
    case remove(id: String)
    /// The set becomes exactly this: others leave, known names keep their history.
    case replaceAll([Endpoint<Address>])
    /// An endpoint's weight changes.
    case setWeight(id: String, UInt32)
    /// A health check says something new.
    case setHealth(id: String, EndpointHealth)
    /// An endpoint takes no new requests from now on (or again, if false), while those on it go on.
    case setDraining(id: String, Bool)
}
