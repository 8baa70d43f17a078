// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// The option `addr` of network filesystems: mount(2) wants an address where people write a host's name.
enum NetworkAddress {
    /// The options with the name in `addr=` replaced by an address of the host.
    ///
    /// - Throws: ``VolumeError`` with `invalidOption` if there is no such host.
    static func resolved(_ options: MountFlags, type: String) throws(VolumeError) -> MountFlags {
        guard MountFailure.isNetwork(type) else { return options }
        var options = options
        for (index, option) in options.data.enumerated() where option.hasPrefix("addr=") {
            options.data[index] = "addr=" + (try address(of: String(option.dropFirst("addr=".count))))
        }
        return options
    }

    private static func address(of host: String) throws(VolumeError) -> String {
        var found: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(host, nil, nil, &found)
        guard result == 0, let first = found?.pointee else {
            let reason = String(cString: gai_strerror(result))
            throw VolumeError(.invalidOption, "the host '\(host)' in the option 'addr' can't be resolved: \(reason)")
        }
        defer { freeaddrinfo(found) }
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        getnameinfo(first.ai_addr, first.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
