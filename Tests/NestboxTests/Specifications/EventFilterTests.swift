// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import Nestbox

@Suite("Filters for events")
struct EventFilterTests {
    /// A container of a service has ended.
    private static let death = Event(
        time: .now(),
        kind: .container,
        action: .die,
        identifier: String(repeating: "ab", count: 32),
        attributes: ["name": "web-1", "image": "team/app:2", "service": "web", "exitCode": "3"]
    )
    private static let scaling = Event(
        time: .now(),
        kind: .service,
        action: .scale,
        identifier: "web",
        attributes: ["replicas": "2"]
    )

    @Test(
        "an event passes if it fulfils one condition of each kind",
        arguments: [
            ([], true), (["type=container"], true), (["type=service"], false),
            (["type=service", "type=container"], true), (["event=die"], true), (["event=start"], false),
            (["event=start", "event=die"], true), (["event=die", "type=service"], false),
            (["container=web-1"], true), (["container=web"], true), (["container=eb"], false),
            (["container=abab"], true), (["container=ba"], false), (["container=db", "container=web-1"], true),
            (["image=team/app:2"], true), (["image=team/app"], true), (["image=docker.io/team/app:2"], true),
            (["image=team/app:1"], false), (["image=app"], false), (["image=abab"], false),
            (["service=web"], true), (["service=db"], false), (["service=web", "event=die", "image=other"], false),
        ] as [([String], Bool)]
    )
    func matches(texts: [String], passes: Bool) throws {
        #expect(try EventFilter(texts).matches(Self.death) == passes)
    }

    @Test(
        "an event of a service is none of a container of that name, and of no image",
        arguments: [
            (["type=service"], true), (["service=web"], true), (["container=web"], false), (["image=team/app"], false),
            (["event=scale"], true), (["service=we", "event=rollback"], false),
        ] as [([String], Bool)]
    )
    func services(texts: [String], passes: Bool) throws {
        #expect(try EventFilter(texts).matches(Self.scaling) == passes)
    }

    @Test(
        "what is no filter is refused, with what it could be",
        arguments: [
            ("", "NAME=VALUE"), ("event", "NAME=VALUE"), ("container=", "NAME=VALUE"),
            ("size=1", "'size' is none of type, event, container, image and service"),
            ("type=volume", "'volume' is none of container, service"),
            ("event=strat", "'strat' is none of create, start, die"),
        ]
    )
    func refused(text: String, says: String) {
        let error = #expect(throws: NestboxError.self) { try EventFilter([text]) }
        #expect(error?.code == .invalidSpecification)
        #expect(error?.message.contains(says) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("the filter '\(text)' can't be used") == true)
    }

    @Test("every action that there is can be asked for", arguments: Event.Action.all)
    func action(_ action: Event.Action) throws {
        var event = Self.death
        event.action = action
        #expect(try EventFilter(["event=\(action.rawValue)"]).matches(event))
    }
}
