// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Hardware addresses that are made from IP addresses, so that a container that gets an address again gets both.
enum HardwareAddress {
    /// A locally administered unicast address (its first byte says so) from an address's last four bytes.
    static func derived(from address: IPAddress) -> [UInt8] {
        [0x02, address.isIPv6 ? 0x06 : 0x04] + address.bytes.suffix(4)
    }
}
