// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

extension SystemCallError {
    /// The error as a user of the proxy sees it who wanted to listen on an address.
    func explained(listeningOn address: StreamAddress) -> ProxyError {
        let cause = description
        switch number {
        case EADDRINUSE:
            return ProxyError(.addressInUse, "another program listens on \(address)", cause: cause)
        case EACCES where address.port != nil:
            return ProxyError(
                .privilegedPort,
                "port \(address.port ?? 0) needs privileges (CAP_NET_BIND_SERVICE); take a port from 1024 on",
                cause: cause
            )
        case EADDRNOTAVAIL:
            return ProxyError(.addressNotAvailable, "\(address) is not an address of this host", cause: cause)
        default:
            return asProxyError("can't listen on \(address)")
        }
    }
}
