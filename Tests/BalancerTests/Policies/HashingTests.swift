// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

/// What Envoy 1.40 and nginx 1.22 answered for these keys, each endpoint by the last digit of its port.
@Suite("Consistent hashing")
struct HashingTests {
    static let keys =
        (0..<24).map { "key-\($0)" }
        + ["a", "user@example.org", "/images/cat.png", "0123456789abcdef0123456789abcdef0123"]

    private func balancer(_ policy: any Policy, weights: [UInt32]) throws -> LoadBalancer<String> {
        let endpoints = weights.enumerated().map { index, weight in
            Endpoint(id: "127.0.0.1:2000\(index + 1)", address: "\(index + 1)", weight: weight)
        }
        return try LoadBalancer(policy: policy, endpoints: endpoints, time: frozen)
    }

    private func answers(_ policy: any Policy, weights: [UInt32], key: (String) -> UInt64) throws -> String {
        let picker = try balancer(policy, weights: weights).makePicker()
        return Self.keys.compactMap { picker.address(key: key($0)) }.joined()
    }

    @Test(
        "xxHash64 gives its published values",
        arguments: [
            ("", 0, 0xEF46_DB37_51D8_E999), ("a", 0, 0xD24E_C4F1_A98C_6E5B), ("abc", 0, 0x44BC_2CF5_AD77_0999),
            ("abc", 1, 0xBEA9_CA81_9932_8908),
            ("The quick brown fox jumps over the lazy dog", 0, 0x0B24_2D36_1FDA_71BC),
            ("0123456789abcdef0123456789abcdef0123456789", 42, 0xEC3F_AFAB_8CF2_7C18),
            ("127.0.0.1:8080_17", 0, 0xA38A_FBB4_D88C_72A7),
        ] as [(String, UInt64, UInt64)]
    )
    func xxHash(text: String, seed: UInt64, expected: UInt64) {
        #expect(XXHash64.hash(text, seed: seed) == expected)
        #expect(XXHash64.hash(Array(text.utf8), seed: seed) == expected)
    }

    @Test("CRC-32 gives its check value")
    func crc() {
        #expect(CRC32.hash("123456789") == 0xCBF4_3926)
    }

    @Test("the ring places keys as Envoy does")
    func ring() throws {
        let equal = try answers(.ringHash, weights: [1, 1, 1, 1, 1]) { XXHash64.hash($0) }
        #expect(equal == "1422444152115354521553544422")
        let weighted = try answers(.ringHash, weights: [1, 1, 1, 1, 1, 2, 5]) { XXHash64.hash($0) }
        #expect(weighted == "6277457767174377741766642777")
    }

    @Test("Maglev places keys as Envoy does")
    func maglev() throws {
        let equal = try answers(.maglev, weights: [1, 1, 1, 1, 1]) { XXHash64.hash($0) }
        #expect(equal == "3443125321242422534322432255")
        let weighted = try answers(.maglev, weights: [1, 1, 1, 1, 1, 2, 5]) { XXHash64.hash($0) }
        #expect(weighted == "7776725321747672736622737675")
    }

    @Test("ketama places keys as nginx does")
    func ketama() throws {
        let answers = try answers(.ketama, weights: [1, 1, 1, 1, 3]) { Ketama.key(for: $0) }
        #expect(answers == "2141325541411245544532155524")
    }

    @Test(
        "when one of 100 endpoints leaves, few keys of the others move",
        arguments: [(Maglev(), 0.03), (RingHash(), 0.0), (Ketama(), 0.0)] as [(any Policy, Double)]
    )
    func disruption(policy: any Policy, allowed: Double) throws {
        let names = (0..<100).map { "10.0.0.\($0):80" }
        let balancer = try LoadBalancer(policy: policy, endpoints: names.map { Endpoint($0) }, time: frozen)
        let picker = balancer.makePicker()
        var generator = SeededGenerator(seed: 5)
        let keys = (0..<20_000).map { _ in generator.next() }
        let before = keys.map { picker.address(key: $0) }
        try balancer.apply([.remove(id: names[37])])
        let moved = zip(keys, before).count { key, old in old != names[37] && picker.address(key: key) != old }
        #expect(Double(moved) / 20_000 <= allowed)
        #expect(!keys.contains { picker.address(key: $0) == names[37] })
    }

    @Test("Maglev's endpoints differ in their places by 1 % at most")
    func maglevEvenness() throws {
        let names = (0..<100).map { "10.0.0.\($0):80" }
        let picker = try LoadBalancer(policy: .maglev, endpoints: names.map { Endpoint($0) }, time: frozen).makePicker()
        var counts: [String: Int] = [:]
        for key in 0..<65_537 {
            counts[picker.address(key: UInt64(key)) ?? "", default: 0] += 1
        }
        let (least, most) = (counts.values.min() ?? 0, counts.values.max() ?? 0)
        #expect(counts.count == 100)
        #expect(Double(most) / Double(least) < 1.01)
    }

    @Test("a retry with the same key goes elsewhere", arguments: [Maglev(), RingHash(), Ketama()] as [any Policy])
    func retries(policy: any Policy) throws {
        let picker = try balancer(policy, weights: [1, 1, 1, 1, 1, 1]).makePicker()
        let keys = (0..<300).map { $0 &* 0x9E37_79B9_7F4A_7C15 as UInt64 }
        let elsewhere = keys.count { picker.address(key: $0) != picker.address(key: $0, attempt: 1) }
        #expect(elsewhere > 200)
    }

    @Test("table sizes that are not prime, and rings of nonsense sizes, are refused")
    func sizes() {
        #expect(throws: BalancerError.self) { try Maglev(tableSize: 65_536) }
        #expect(throws: BalancerError.self) { try Maglev(tableSize: -7) }
        #expect(throws: BalancerError.self) { try RingHash(minimumSize: 0) }
        #expect(throws: BalancerError.self) { try RingHash(minimumSize: 10, maximumSize: 5) }
        #expect(throws: BalancerError.self) { try BoundedLoad(.maglev, factor: 1) }
        #expect(throws: Never.self) { try Maglev(tableSize: 251) }
    }

    @Test("a heavy endpoint makes no ring larger than the maximum")
    func hugeWeights() throws {
        let policy = try RingHash(minimumSize: 1_024, maximumSize: 16_384)
        let picker = try balancer(policy, weights: [1, .max]).makePicker()
        let heavy = (0..<500).count { picker.address(key: UInt64($0) &* 0x9E37_79B9_7F4A_7C15) == "2" }
        #expect(heavy >= 499)
    }
}
