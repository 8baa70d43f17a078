// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import ContainerNetwork

@Suite("Questions about names, and their answers")
struct NameQueryTests {
    /// The names that the tests' containers have.
    struct Known: NameDirectory {
        var names: [String: [IPAddress]] = [:]
        var asksOthers = true

        func addresses(of name: String) -> [IPAddress]? { names[name] }
        func name(of address: IPAddress) -> String? { names.first { $0.value.contains(address) }?.key }
    }

    /// A query as a resolver sends it.
    static func query(_ name: String, type: UInt16 = 1, identifier: UInt16 = 0x1234) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(identifier >> 8), UInt8(identifier & 0xFF), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
        for label in name.split(separator: ".") { bytes += [UInt8(label.utf8.count)] + label.utf8 }
        return bytes + [0, UInt8(type >> 8), UInt8(type & 0xFF), 0, 1]
    }

    @Test("a query is read as it was sent, whatever the case of its name")
    func reading() throws {
        let query = try #require(NameQuery(Self.query("Web.Example", type: 28)))
        #expect(query.name == "web.example")
        #expect(query.type == 28)
        #expect(query.identifier == 0x1234)
        #expect(query.wantsRecursion)
    }

    @Test("no bytes that are cut, changed or made up are taken for more than they are")
    func hostile() {
        let good = Self.query("a-name.of-some.length")
        for count in 0..<good.count { #expect(NameQuery(Array(good[..<count])) == nil) }
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4) {
                bytes[Int.random(in: 0..<bytes.count)] = UInt8.random(in: .min ... .max, using: &generator)
            }
            guard let query = NameQuery(bytes) else { continue }
            #expect(query.name.utf8.count <= NameQuery.longestName)
            #expect(bytes[12...].starts(with: query.question))
        }
    }

    @Test("answers, pointers in names, several questions and endless names are no queries")
    func refused() {
        var answer = Self.query("web")
        answer[2] |= 0x80
        #expect(NameQuery(answer) == nil)
        var two = Self.query("web")
        two[5] = 2
        #expect(NameQuery(two) == nil)
        var pointer = Self.query("web")
        pointer[12] = 0xC0
        #expect(NameQuery(pointer) == nil)
        let long = Array(repeating: String(repeating: "a", count: 63), count: 5).joined(separator: ".")
        #expect(NameQuery(Self.query(long)) == nil)
    }

    @Test("an address that is asked for backwards is understood")
    func pointers() throws {
        let four = try #require(NameQuery(Self.query("2.5.30.172.in-addr.arpa", type: 12)))
        #expect(four.pointedAddress == IPAddress("172.30.5.2"))
        let digits = "2." + String(repeating: "0.", count: 23) + "0.3.0.0.0.0.d.f.ip6.arpa"
        let six = try #require(NameQuery(Self.query(digits, type: 12)))
        #expect(six.pointedAddress == IPAddress("fd00:30::2"))
        for wrong in ["1.2.3.in-addr.arpa", "1.2.3.400.in-addr.arpa", "in-addr.arpa", "x.ip6.arpa"] {
            #expect(NameQuery(Self.query(wrong, type: 12))?.pointedAddress == nil)
        }
    }

    @Test("a known name is answered here, an unknown one elsewhere, and not at all where nothing may leave")
    func decisions() throws {
        let address = try #require(IPAddress("172.30.5.2"))
        var known = Known(names: ["web": [address]])
        let web = try #require(NameQuery(Self.query("web")))
        let found = NameAnswer(outcome: .found, records: [.address(address)])
        #expect(NameDecision(web, in: known, canForward: true) == .answer(found))
        let six = try #require(NameQuery(Self.query("web", type: 28)))
        #expect(NameDecision(six, in: known, canForward: true) == .answer(NameAnswer(outcome: .found)))
        let other = try #require(NameQuery(Self.query("example.com")))
        #expect(NameDecision(other, in: known, canForward: true) == .forward)
        #expect(NameDecision(other, in: known, canForward: false) == .answer(NameAnswer(outcome: .serverFailure)))
        known.asksOthers = false
        #expect(NameDecision(other, in: known, canForward: true) == .answer(NameAnswer(outcome: .serverFailure)))
        let back = try #require(NameQuery(Self.query("2.5.30.172.in-addr.arpa", type: 12)))
        let pointer = NameAnswer(outcome: .found, records: [.pointer("web")])
        #expect(NameDecision(back, in: known, canForward: true) == .answer(pointer))
    }

    @Test("an answer fits a datagram, however many addresses a name has")
    func size() throws {
        let query = try #require(NameQuery(Self.query("web")))
        let addresses = (0..<200).map { NameAnswer.Record.address(IPAddress(unchecked: [10, 0, 0, UInt8($0)])) }
        let message = NameAnswer(outcome: .found, records: addresses).message(to: query)
        #expect(message.count <= 512)
        let count = Int(message[6]) << 8 | Int(message[7])
        #expect(count > 20)
        #expect(message.count == 12 + query.question.count + count * 16)
    }

    @Test("a resolver's file is read and written")
    func resolverFile() {
        let text =
            "# made by hand\nnameserver 192.0.2.1\nnameserver not-one\nsearch a.example b.example\noptions ndots:2 rotate\n"
        let configuration = ResolverConfiguration(parsing: text)
        #expect(configuration.servers == [IPAddress("192.0.2.1")])
        #expect(configuration.searchDomains == ["a.example", "b.example"])
        #expect(configuration.options == ["ndots:2", "rotate"])
        #expect(ResolverConfiguration(parsing: configuration.text) == configuration)
    }
}
