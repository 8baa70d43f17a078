// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// The links of the network namespace in which the calling thread is, as rtnetlink(7) shows and changes them.
struct LinkTable {
    /// The loopback interface is always the first.
    static let loopbackIndex: Int32 = 1

    private let socket: NetlinkSocket

    init() throws(NetworkError) {
        socket = try NetlinkSocket()
    }

    /// Sets a link up.
    func setUp(_ index: Int32) throws(NetworkError) {
        try perform(LinkRequest.setUp(index), "link \(index) could not be set up")
    }

    /// Every link.
    func links() throws(NetworkError) -> [Link] {
        var links: [Link] = []
        for message in try list(LinkRequest.list, "the links could not be listed") {
            if let link = try Link(message) { links.append(link) }
        }
        return links
    }

    /// The link of a name.
    func link(named name: String) throws(NetworkError) -> Link {
        do {
            for message in try socket.ask(LinkRequest.get(name)) {
                if let link = try Link(message), link.name == name { return link }
            }
        } catch {
            throw NetworkError.wrap(error, "there is no link \(name)")
        }
        throw NetworkError(.notFound, "there is no link \(name)")
    }

    /// Makes a bridge.
    func addBridge(_ name: String, hardwareAddress: [UInt8]) throws(NetworkError) {
        try perform(
            LinkRequest.addBridge(name, hardwareAddress: hardwareAddress),
            "the bridge \(name) could not be made"
        )
    }

    /// Makes a port of a bridge, with its other end in a container's namespace.
    func addVeth(_ port: VethPort) throws(NetworkError) {
        try perform(LinkRequest.addVeth(port), "the link \(port.name) into the container could not be made")
        let index = try link(named: port.name).index
        try perform(LinkRequest.allowHairpin(index), "the bridge's port \(port.name) could not be prepared")
    }

    /// Removes a link.
    func remove(_ name: String) throws(NetworkError) {
        try perform(LinkRequest.remove(name), "the link \(name) could not be removed")
    }

    /// Gives a link an address.
    func addAddress(_ prefix: IPPrefix, to index: Int32) throws(NetworkError) {
        try perform(AddressRequest.add(prefix, to: index), "\(prefix) could not be given to link \(index)")
    }

    /// Sends what has no other way through a gateway.
    func addDefaultRoute(through gateway: IPAddress) throws(NetworkError) {
        try perform(AddressRequest.addDefaultRoute(through: gateway), "\(gateway) could not be made the default route")
    }

    /// The addresses of a link, or of all.
    func addresses(of index: Int32? = nil) throws(NetworkError) -> [IPPrefix] {
        var prefixes: [IPPrefix] = []
        for message in try list(AddressRequest.list, "the addresses could not be listed") {
            guard let entry = try AddressRequest.read(message) else { continue }
            if index == nil || entry.index == index { prefixes.append(entry.prefix) }
        }
        return prefixes
    }

    /// The networks that the host has a way to, but for the default route.
    func routes() throws(NetworkError) -> [IPPrefix] {
        var prefixes: [IPPrefix] = []
        for message in try list(AddressRequest.listRoutes, "the routes could not be listed") {
            if let prefix = try AddressRequest.readRoute(message), prefix.length > 0 { prefixes.append(prefix) }
        }
        return prefixes
    }

    func perform(_ request: NetlinkRequest, _ failure: @autoclosure () -> String) throws(NetworkError) {
        do {
            try socket.perform(request)
        } catch {
            throw NetworkError.wrap(error, failure())
        }
    }

    func list(_ request: NetlinkRequest, _ failure: @autoclosure () -> String) throws(NetworkError) -> [NetlinkMessage]
    {
        do {
            return try socket.list(request)
        } catch {
            throw NetworkError.wrap(error, failure())
        }
    }
}
