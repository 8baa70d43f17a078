// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A client that has just connected.
struct AcceptedClient: Sendable {
    let descriptor: CInt
    /// Where it comes from; nil if the system does not say, as for most Unix sockets.
    let peer: StreamAddress?
    /// By which of the proxy's listeners it came.
    let listener: Int
}
