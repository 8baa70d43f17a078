// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Equal keys to equal endpoints by a table look-up: the fastest consistent hash, which moves few keys more than it must
/// when endpoints come and go.
///
/// The table is bit for bit Envoy's: endpoints in the order of their names; offset xxHash64(name) mod m and skip
/// xxHash64(name, seed 1) mod (m − 1) + 1; an endpoint claims a place in each round in which its weight is due. A key k
/// goes to table[k mod m]. A request without a key goes anywhere.
///
/// What is hashed is the endpoint's label `hash_key` or, without one, its name: name endpoints `10.0.0.1:80` to agree
/// with Envoy. Choose a table of at least 100 times as many places as endpoints.
///
/// Source: Eisenbud et al., Maglev, NSDI 2016, section 3.4; Envoy `MaglevTable`.
public struct Maglev: Policy {
    /// The places in the table, a prime number; Envoy's default is 65,537.
    public let tableSize: Int

    /// Creates the policy with 65,537 places.
    public init() {
        tableSize = 65_537
    }

    /// Creates the policy with a table of some size.
    ///
    /// - Parameter tableSize: The places in the table: a prime number up to 5,000,011, which is Envoy's limit.
    /// - Throws: ``BalancerError`` if the size is not prime or too large.
    public init(tableSize: Int) throws(BalancerError) {
        guard tableSize <= 5_000_011, Self.isPrime(tableSize) else {
            throw BalancerError(
                code: .invalidConfiguration,
                message: "a Maglev table must have a prime number of places up to 5000011, not \(tableSize)"
            )
        }
        self.tableSize = tableSize
    }

    /// Prepares for a new set of endpoints.
    public func plan(for snapshot: Snapshot, replacing previous: (any PolicyPlan)?) -> any PolicyPlan {
        MaglevPlan(table: MaglevTable(hosts: snapshot.hashedHosts(), size: tableSize))
    }

    private static func isPrime(_ number: Int) -> Bool {
        guard number > 1 else { return false }
        var divisor = 2
        while divisor * divisor <= number {
            if number % divisor == 0 { return false }
            divisor += 1
        }
        return true
    }
}

extension Policy where Self == Maglev {
    /// Equal keys to equal endpoints by Maglev's table.
    public static var maglev: Maglev { Maglev() }
}
