// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@Suite("Session affinity")
struct AffinityTests {
    @Test("a session stays with its endpoint until that drains")
    func sticks() throws {
        let balancer = try makeBalancer(SessionAffinity(.roundRobin), weights: [1, 1, 1])
        let picker = balancer.makePicker()
        let cookie = SessionAffinity.cookie(for: "b")
        let context = PickContext(now: .zero, session: SessionAffinity.number(fromCookie: cookie))
        #expect((0..<5).allSatisfy { _ in picker.pick(context)?.address == "b" })
        try balancer.apply([.setDraining(id: "b", true)])
        #expect((0..<5).allSatisfy { _ in ["a", "c"].contains(picker.pick(context)?.address) })
    }

    @Test(
        "anything but 16 hexadecimal digits is no session",
        arguments: ["", "abc", "+123456789abcdef", "zzzzzzzzzzzzzzzz", "0123456789abcdef0", "-123456789abcdef"]
    )
    func malformed(cookie: String) {
        #expect(SessionAffinity.number(fromCookie: cookie) == nil)
    }

    @Test("a retry leaves the session's endpoint")
    func retry() throws {
        let picker = try makeBalancer(SessionAffinity(.roundRobin), weights: [1, 1]).makePicker()
        var context = PickContext(now: .zero, session: SessionAffinity.number(of: "a"))
        let first = try #require(picker.pick(context))
        context.excluded.insert(first.slot)
        context.attempt = 1
        #expect(picker.pick(context)?.address == "b")
    }
}
