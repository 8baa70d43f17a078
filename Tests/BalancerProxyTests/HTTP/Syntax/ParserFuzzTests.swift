// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@testable import BalancerProxy

@Suite("Parsers under mutation")
struct ParserFuzzTests {
    private static let seeds = [
        "GET /a?b=c HTTP/1.1\r\nHost: example.org\r\nAccept: */*\r\nCookie: a=b; c=d\r\n\r\n",
        "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n0\r\nA: b\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: [::1]:80\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello",
        "GET http://a/ HTTP/1.1\r\nHost: a\r\nConnection: upgrade, x\r\nUpgrade: websocket\r\nX: y\r\n\r\n",
    ]
    private static let tokens = [
        "\r\n", "\n", "\r", "\0", " ", "\t", ":", ",", "Content-Length: 1\r\n", "Transfer-Encoding: chunked\r\n",
        "Host: b\r\n",
        "0\r\n\r\n", "HTTP/1.1", "\u{ff}",
    ]

    /// Changes a text at random: a byte replaced, removed or doubled, a piece of grammar put in, or two texts joined.
    static func mutate(_ seed: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = seed
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let place = Int.random(in: 0...bytes.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1 where place < bytes.count: bytes.remove(at: place)
            case 2 where place < bytes.count: bytes.insert(bytes[place], at: place)
            case 3: bytes = Array(bytes[..<place]) + Array(seeds.randomElement(using: &generator)?.utf8 ?? "".utf8)
            default:
                bytes.insert(contentsOf: Array(tokens.randomElement(using: &generator)?.utf8 ?? "".utf8), at: place)
            }
        }
        return bytes
    }

    @Test("no mutation is read differently by a whole read and by a read in pieces, nor forwarded with another framing")
    func requests() throws {
        var generator = SeededGenerator(seed: 4711)
        var taken = 0
        for round in 0..<6_000 {
            let bytes = Self.mutate(Array(Self.seeds[round % Self.seeds.count].utf8), &generator)
            let whole = FuzzOutcome.read(bytes, pieces: bytes.count)
            let pieces = FuzzOutcome.read(bytes, pieces: Int.random(in: 1...7, using: &generator))
            #expect(whole == pieces, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
            if case .read(_, let forwarded, let body, _) = whole {
                taken += 1
                // What is forwarded must be read as the very same request.
                let again = FuzzOutcome.read(forwarded, pieces: forwarded.count)
                guard case .read(_, _, let secondBody, let rest) = again else {
                    Issue.record("not readable: \(String(decoding: forwarded, as: UTF8.self).debugDescription)")
                    continue
                }
                #expect(secondBody == body)
                #expect(rest == 0)
            }
        }
        #expect(taken > 300)
    }
}
