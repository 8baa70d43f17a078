// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import BalancerProxy

// The proxy as a program, for measuring: served http|h2both|tcp|udp LISTEN BACKEND[,BACKEND…] [CERTIFICATE KEY]
let arguments = CommandLine.arguments
guard arguments.count == 4 || arguments.count == 6 else {
    fatalError("usage: served http|h2both|tcp|udp LISTEN BACKEND[,BACKEND...] [CERTIFICATE KEY]")
}
let address = try StreamAddress(arguments[2])
let endpoints = try arguments[3].split(separator: ",").map { text in
    Endpoint(id: String(text), address: try StreamAddress(String(text)))
}
let balancer = try LoadBalancer(policy: .roundRobin, endpoints: endpoints)
if arguments[1] == "udp" {
    try await UDPProxy(listeners: [UDPListener(address)], balancer: balancer).run()
} else if arguments[1] == "tcp" {
    try await TCPProxy(listeners: [TCPListener(address)], balancer: balancer).run()
} else {
    let tls = arguments.count == 6 ? try TLSServer(certificateChain: arguments[4], privateKey: arguments[5]) : nil
    var configuration = HTTPProxyConfiguration()
    if arguments[1] == "h2both" { configuration.upstreamProtocol = .http2 }
    try await HTTPProxy(
        listeners: [ProxyListener(TCPListener(address), tls: tls)],
        balancer: balancer,
        configuration: configuration
    ).run()
}
