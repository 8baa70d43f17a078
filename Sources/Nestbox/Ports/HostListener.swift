// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import BalancerProxy
internal import ContainerNetwork

/// A socket of the host at which clients find a published port.
protocol HostListener {
    /// The address with the port that was really bound.
    var localAddress: StreamAddress { get }

    /// Takes an address of the host.
    static func bound(to address: StreamAddress) throws(ProxyError) -> Self
}

extension TCPListener: HostListener {
    static func bound(to address: StreamAddress) throws(ProxyError) -> TCPListener { try TCPListener(address) }
}

extension UDPListener: HostListener {
    static func bound(to address: StreamAddress) throws(ProxyError) -> UDPListener { try UDPListener(address) }
}

extension HostListener {
    /// Takes one of the host's ports that a mapping allows.
    static func listen(_ mapping: PortMapping) throws -> [Self] {
        guard let ports = mapping.hostPorts else { return try listenAnywhere(mapping.hostAddress) }
        for port in ports {
            do {
                return try listen(on: port, mapping.hostAddress)
            } catch let error as ProxyError where error.code == .addressInUse && port < ports.upperBound {
                continue
            }
        }
        return []
    }

    /// The kernel's choice for IPv4 may be taken for IPv6; the next one will hardly be.
    private static func listenAnywhere(_ address: IPAddress?) throws -> [Self] {
        for _ in 0..<8 {
            do {
                return try listen(on: 0, address)
            } catch let error as ProxyError where error.code == .addressInUse {
                continue
            }
        }
        return try listen(on: 0, address)
    }

    private static func listen(on port: UInt16, _ address: IPAddress?) throws -> [Self] {
        if let address { return [try bound(to: StreamAddress(ip: address.description, port: port))] }
        let listener = try bound(to: StreamAddress(ip: "0.0.0.0", port: port))
        do {
            let six = try StreamAddress(ip: "::", port: listener.localAddress.port ?? port)
            return [listener, try bound(to: six)]
        } catch {
            // Others mean a host without IPv6.
            if error.code == .addressInUse { throw error }
            return [listener]
        }
    }
}
