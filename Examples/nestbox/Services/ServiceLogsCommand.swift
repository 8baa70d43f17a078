// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox
import SystemPackage

/// The command `service logs`.
struct ServiceLogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Print what a service's containers have written, each line after the container's name.",
        discussion: """
            With --access: the requests that a service of --http --access-log has served, as client, request, status,
            bytes, seconds, container, attempts and how it ended.

            Examples:
              nestbox service logs -f web
              nestbox service logs --access --tail 20 web
            """
    )

    @OptionGroup var engine: EngineOptions

    @Flag(name: [.short, .long], help: "Go on until the containers have ended.")
    var follow = false

    @Flag(name: [.short, .long], help: "Print the time before each line.")
    var timestamps = false

    @Option(name: [.customShort("n"), .long], help: "Begin with so many of the last lines; all by default.")
    var tail: String = "all"

    @Flag(help: "Print the requests that were served instead.")
    var access = false

    @Option(help: "text, or json for an object in each line.")
    var format = LogFormat.text

    @Argument(help: "The service.")
    var service: String

    func validate() throws { try LogsCommand.check(tail: tail) }

    func run() async throws {
        let nestbox = try await engine.open()
        let selection = LogSelection(tail: Int(tail), follows: follow)
        if access {
            guard try nestbox.service(service).specification.http?.logsRequests == true else {
                throw ValidationError("service '\(service)' notes no requests; --access-log has one of HTTP do so")
            }
            for try await entry in try nestbox.requests(of: service, selection) { try write(entry, of: nil, after: "") }
            return
        }
        let readers = try nestbox.replicas(of: service).map { ($0.name, try nestbox.logs($0.identifier, selection)) }
        let width = readers.map(\.0.count).max() ?? 0
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for (name, reader) in readers {
                let prefix = name + String(repeating: " ", count: width - name.count) + " | "
                tasks.addTask {
                    for try await entry in reader {
                        try write(entry, of: name, after: prefix)
                    }
                }
            }
            try await tasks.waitForAll()
        }
    }

    private func write(_ entry: LogEntry, of container: String?, after prefix: String) throws {
        if format == .json { return try LogLine(entry, of: container).write() }
        let target: FileDescriptor = entry.stream == .standardOutput ? .standardOutput : .standardError
        let time = timestamps ? entry.time + " " : ""
        let end = entry.text.hasSuffix("\n") ? "" : "\n"
        // One write for one line, so that lines of several containers do not mix.
        try target.writeAll((prefix + time + entry.text + end).utf8)
    }
}
