// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Finds networks for who does not care which.
public enum SubnetPool {
    /// The private networks that are tried: 10.208.0.0/12, in networks of 4094 addresses each.
    private static let base = IPAddress(unchecked: [10, 208, 0, 0])
    private static let length = 20
    private static let count: UInt64 = 256

    /// The first IPv4 network that shares no address with others.
    ///
    /// - Parameters:
    ///   - others: The networks that are taken.
    ///   - start: Which of the candidates is tried first.
    /// - Returns: The network.
    /// - Throws: ``NetworkError`` with code `addressesExhausted` if there is none.
    public static func ipv4(avoiding others: [IPPrefix], startingAt start: Int = 0) throws(NetworkError) -> IPPrefix {
        for offset in 0..<count {
            let number = (UInt64(max(0, start)) + offset) % count
            guard let address = base.advanced(by: number << UInt64(32 - length)),
                let candidate = IPPrefix(address, length: length)
            else { continue }
            if !others.contains(where: candidate.overlaps) { return candidate }
        }
        throw NetworkError(.addressesExhausted, "every network of \(base)/12 is taken; state a subnet")
    }

    /// A random IPv6 network that no one else has, as far as chance can tell; RFC 4193.
    ///
    /// - Returns: A network below fd00::/8 with a prefix of 64 bits.
    public static func ipv6() -> IPPrefix {
        let identifier = (0..<5).map { _ in UInt8.random(in: .min ... .max) }
        let bytes = [0xFD] + identifier + [UInt8](repeating: 0, count: 10)
        return IPPrefix(unchecked: IPAddress(unchecked: bytes), length: 64)
    }
}
