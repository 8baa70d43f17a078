// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What an active health check, or someone who knows, says of an endpoint.
public enum EndpointHealth: Hashable, Sendable {
    /// Ready for requests.
    case healthy
    /// Works, but not well: used only as far as healthy endpoints do not suffice (Envoy's degraded hosts).
    case degraded
    /// Takes no requests, unless so many endpoints are unhealthy that the panic threshold opens all of them.
    case unhealthy
}
