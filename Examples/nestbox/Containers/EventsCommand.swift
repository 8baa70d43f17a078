// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `events`.
struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Print what happens to containers and services, as it happens.",
        discussion: """
            Examples:
              nestbox events --since 10m --until 0s --format json
              nestbox events --filter event=die --filter event=health_status --filter container=web
            """
    )

    @OptionGroup var engine: EngineOptions

    @Option(help: "Begin with what happened after a moment: RFC 3339, seconds since 1970, or so long ago, as 10m.")
    var since: String?

    @Option(help: "End at a moment, in the same forms; go on without end by default.")
    var until: String?

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Only those that fit: type=, event=, container=, image=, service=.",
            valueName: "name=value"
        )
    )
    var filter: [String] = []

    @Option(help: "table or json.")
    var format = ListFormat.table

    func run() async throws {
        let filter = try EventFilter(filter)
        let (since, until) = (try since.map(MomentText.read), try until.map(MomentText.read))
        for try await event in try await engine.open().events(filter, since: since, until: until) {
            if format == .json {
                try JSONOutput.lines([EventLine(event)])
            } else {
                let attributes = event.attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                print(
                    "\(event.time) \(event.kind.rawValue) \(event.action.rawValue) \(event.identifier)",
                    "(\(attributes.joined(separator: ", ")))"
                )
            }
            StandardOutput.flush()
        }
    }
}

/// An event in the shape that Docker gives it.
struct EventLine: Encodable {
    struct ActorPart: Encodable {
        let ID: String
        let Attributes: [String: String]
    }

    let `Type`: String
    let Action: String
    let Actor: ActorPart
    let time: Int64
    let timeNano: Int64

    init(_ event: Event) {
        `Type` = event.kind.rawValue
        Action = event.action.rawValue
        Actor = .init(ID: event.identifier, Attributes: event.attributes)
        time = event.time.nanoseconds / 1_000_000_000
        timeNano = event.time.nanoseconds
    }
}
