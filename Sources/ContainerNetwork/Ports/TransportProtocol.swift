// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The transport of a published port.
public enum TransportProtocol: String, Hashable, Sendable, CaseIterable, Codable {
    /// Streams.
    case tcp
    /// Datagrams.
    case udp
}
