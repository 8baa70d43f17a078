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
