// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import Nestbox

@Suite("Users of a container's own, as decisions")
struct OwnUsersTests {
    @Test("a mode is read as it is written", arguments: ["host", "auto", "auto:size=4096"])
    func reading(text: String) throws {
        #expect(try UserNamespaceMode(text).description == text)
        #expect(try roundTrip(try UserNamespaceMode(text)) == UserNamespaceMode(text))
    }

    @Test("'private' is 'auto', and saying nothing is the host's")
    func synonyms() throws {
        #expect(try UserNamespaceMode("private") == .automatic)
        #expect(try UserNamespaceMode("") == .host)
    }

    @Test(
        "what is no mode is refused",
        arguments: [
            "keep-id", "auto:", "auto:size=", "auto:size=0", "auto:size=x", "container:web", "ns:/proc/1/ns/user",
        ]
    )
    func refused(text: String) {
        #expect(throws: NestboxError.self) { try UserNamespaceMode(text) }
    }

    @Test("each container gets the first users that nobody has, and what goes is given again")
    func firstFree() throws {
        let pool = UserPool(users: nil, groups: nil)
        var taken: [UserRange] = []
        for count: UInt32 in [65_536, 1000, 65_536] {
            taken.append(try #require(pool.free(count, besides: taken)))
        }
        #expect(taken.map(\.firstUser) == [0x7000_0000, 0x7001_0000, 0x7001_03E8])
        #expect(taken.map(\.firstGroup) == taken.map(\.firstUser))
        let gone = taken.remove(at: 1)
        #expect(pool.free(1000, besides: taken) == gone)
        #expect(pool.free(1001, besides: taken)?.firstUser == 0x7002_03E8)
    }

    @Test("what the host grants to nestbox is what containers have, and no more than that")
    func granted() {
        let pool = UserPool(
            users: "alice:100000:65536\nnestbox:200000:1000\nnestbox:300000:2000\n",
            groups: "nestbox:400000:3000\n"
        )
        let first = pool.free(1500, besides: [])
        #expect(first == UserRange(firstUser: 300_000, firstGroup: 400_000, count: 1500))
        #expect(pool.free(1000, besides: [UserRange(firstUser: 300_000, firstGroup: 400_000, count: 1500)]) != nil)
        #expect(pool.free(1500, besides: [UserRange(firstUser: 300_000, firstGroup: 400_000, count: 1501)]) == nil)
        #expect(pool.free(2001, besides: []) == nil)
    }

    @Test("a range is read as it is written beside a container, and nothing else is one")
    func text() {
        let range = UserRange(firstUser: 100_000, firstGroup: 200_000, count: 65_536)
        #expect(UserRange(range.text) == range)
        for text in ["", "1:2", "1:2:0", "1:2:3:4", "a:2:3", "-1:2:3"] { #expect(UserRange(text) == nil) }
    }

    @Test("owners are told apart by who looks, and nobody stands for whom a container does not know")
    func owners() throws {
        let owners = FileOwners(users: UserRange(firstUser: 5000, firstGroup: 7000, count: 100))
        #expect(owners.inside(user: 5000, group: 7099) == (0, 99))
        #expect(owners.inside(user: 4999, group: 7100) == (65_534, 65_534))
        let outside = try #require(owners.outside(user: 33, group: 0))
        #expect(outside == (5033, 7000))
        #expect(owners.outside(user: 100, group: 0) == nil)
        #expect(FileOwners(users: nil).inside(user: 1000, group: 0) == (1000, 0))
    }
}
