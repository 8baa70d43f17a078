// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// The kernel's switches that let packets through the host to containers and back.
///
/// They belong to the network namespace of the calling thread, for that is what `/proc/sys/net` shows.
enum ForwardingSwitch {
    /// Forwarding between links.
    static let ipv4 = "/proc/sys/net/ipv4/ip_forward"
    static let ipv6 = "/proc/sys/net/ipv6/conf/all/forwarding"

    /// Lets packets from 127.0.0.1 go to a bridge, which published ports on the host's loopback need.
    static func loopbackRouting(_ link: String) -> String {
        "/proc/sys/net/ipv4/conf/\(link)/route_localnet"
    }

    /// Sets a switch to 1.
    ///
    /// - Returns: Whether it was something else before.
    static func turnOn(_ path: String) throws(NetworkError) -> Bool {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemCallError.last("open").asNetworkError("\(path) could not be set") }
        defer { close(descriptor) }
        var present: UInt8 = 0
        guard read(descriptor, &present, 1) == 1 else {
            throw SystemCallError.last("read").asNetworkError("\(path) could not be read")
        }
        guard present != UInt8(ascii: "1") else { return false }
        try store(UInt8(ascii: "1"), in: descriptor, path)
        return true
    }

    /// Sets a switch to 0.
    static func turnOff(_ path: String) throws(NetworkError) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemCallError.last("open").asNetworkError("\(path) could not be set") }
        defer { close(descriptor) }
        try store(UInt8(ascii: "0"), in: descriptor, path)
    }

    private static func store(_ digit: UInt8, in descriptor: CInt, _ path: String) throws(NetworkError) {
        var digit = digit
        guard pwrite(descriptor, &digit, 1, 0) == 1 else {
            throw SystemCallError.last("write").asNetworkError("\(path) could not be set")
        }
    }
}
