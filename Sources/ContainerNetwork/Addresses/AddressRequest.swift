// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// The requests about addresses and routes, as values; rtnetlink(7).
enum AddressRequest {
    static let newAddressType: UInt16 = 20
    static let getAddressType: UInt16 = 22
    static let newRouteType: UInt16 = 24
    static let getRouteType: UInt16 = 26
    /// The size of `struct ifaddrmsg`.
    static let headerSize = 8

    private static let addressAttribute: UInt16 = 1
    private static let localAttribute: UInt16 = 2
    private static let broadcastAttribute: UInt16 = 4
    private static let flagsAttribute: UInt16 = 8
    /// No duplicate address detection: the pool knows who has which address.
    private static let noDetectionFlag: UInt32 = 0x02

    private static let destinationAttribute: UInt16 = 1
    private static let gatewayAttribute: UInt16 = 5
    /// The size of `struct rtmsg`.
    private static let routeHeaderSize = 12
    private static let mainTable: UInt8 = 254
    private static let bootProtocol: UInt8 = 3
    private static let universe: UInt8 = 0
    private static let unicast: UInt8 = 1

    /// All addresses.
    static var list: NetlinkRequest {
        NetlinkRequest("RTM_GETADDR", type: getAddressType) { writer in
            appendHeader(to: &writer, family: UInt8(AF_UNSPEC), length: 0, index: 0)
        }
    }

    /// Gives a link an address.
    static func add(_ prefix: IPPrefix, to index: Int32) -> NetlinkRequest {
        NetlinkRequest("RTM_NEWADDR", type: newAddressType, flags: [.create, .exclusive]) { writer in
            let address = prefix.address
            appendHeader(to: &writer, family: address.family, length: UInt8(prefix.length), index: index)
            writer.attribute(localAttribute, bytes: address.bytes)
            writer.attribute(addressAttribute, bytes: address.bytes)
            if address.isIPv6 {
                writer.attribute(flagsAttribute, number: noDetectionFlag)
            } else {
                writer.attribute(broadcastAttribute, bytes: prefix.last.bytes)
            }
        }
    }

    /// Sends what has no other way through a gateway.
    static func addDefaultRoute(through gateway: IPAddress) -> NetlinkRequest {
        NetlinkRequest("RTM_NEWROUTE", type: newRouteType, flags: [.create, .exclusive]) { writer in
            // struct rtmsg: family, lengths, type of service, table, protocol, scope, type, flags.
            writer.append(bytes: [gateway.family, 0, 0, 0, mainTable, bootProtocol, universe, unicast, 0, 0, 0, 0])
            writer.attribute(gatewayAttribute, bytes: gateway.bytes)
        }
    }

    /// Reads an address as the kernel lists it; nil for a message that is none.
    static func read(_ message: NetlinkMessage) throws(NetworkError) -> (index: Int32, prefix: IPPrefix)? {
        guard message.type == newAddressType else { return nil }
        var header = ByteReader(message.body[...])
        try header.skip(1)
        let length = try header.number(as: UInt8.self)
        try header.skip(2)
        let index = try header.number(as: Int32.self)
        let attributes = try message.attributes(after: headerSize)
        guard let bytes = attributes[localAttribute] ?? attributes[addressAttribute],
            let address = IPAddress(bytes: Array(bytes)), let prefix = IPPrefix(address, length: Int(length))
        else { return nil }
        return (index, prefix)
    }

    /// All routes.
    static var listRoutes: NetlinkRequest {
        NetlinkRequest("RTM_GETROUTE", type: getRouteType) { writer in
            writer.append(bytes: [UInt8](repeating: 0, count: routeHeaderSize))
        }
    }

    /// Reads where a route leads as the kernel lists it; nil for a message that is no route to a network.
    static func readRoute(_ message: NetlinkMessage) throws(NetworkError) -> IPPrefix? {
        guard message.type == newRouteType else { return nil }
        var header = ByteReader(message.body[...])
        try header.skip(1)
        let length = try header.number(as: UInt8.self)
        guard let bytes = try message.attributes(after: routeHeaderSize)[destinationAttribute],
            let address = IPAddress(bytes: Array(bytes))
        else { return nil }
        return IPPrefix(address, length: Int(length))
    }

    /// `struct ifaddrmsg`.
    private static func appendHeader(to writer: inout NetlinkWriter, family: UInt8, length: UInt8, index: Int32) {
        writer.append(bytes: [family, length, 0, 0])
        writer.append(index)
    }
}

extension IPAddress {
    /// The address family, `AF_INET` or `AF_INET6`.
    var family: UInt8 { UInt8(isIPv6 ? AF_INET6 : AF_INET) }
}
