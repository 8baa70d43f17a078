// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit

/// Tells what a container uses, once or until it ends.
enum EventsCommand {
    static func run(_ arguments: [String], _ context: CommandContext) throws -> CommandOutcome {
        let scanner = try ArgumentScanner(arguments, valued: ["--interval"], plain: ["--stats"])
        let identifier = try scanner.word(0, "the container's id")
        let interval = scanner["--interval"].map { $0.hasSuffix("s") ? String($0.dropLast()) : $0 } ?? "5"
        guard let seconds = Double(interval), seconds > 0 else {
            throw OCIError("--interval must be a number of seconds")
        }
        if scanner.isSet("--stats") {
            let (control, _) = try context.control(identifier)
            CommandContext.print(document(identifier, try control.usage()).description)
            return .ended(0)
        }
        return .waits {
            let (found, _) = try context.running(identifier, context.runtime())
            for try await usage in found.usage(every: .seconds(seconds)) {
                CommandContext.print(document(identifier, usage).description)
            }
            return 0
        }
    }

    /// runc's form.
    static func document(_ identifier: String, _ usage: ResourceUsage) -> JSONValue {
        func number(_ value: UInt64?) -> JSONValue { .integer(value ?? 0) }
        func nanoseconds(_ duration: Duration?) -> JSONValue {
            guard let (seconds, attoseconds) = duration?.components else { return .integer(0) }
            return .integer(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        }
        let cpu: JSONValue = .object([
            "usage": .object([
                "total": nanoseconds(usage.cpu.used), "kernel": nanoseconds(usage.cpu.system),
                "user": nanoseconds(usage.cpu.user),
            ]),
            "throttling": .object([
                "periods": number(usage.cpu.periods), "throttledPeriods": number(usage.cpu.throttledPeriods),
                "throttledTime": nanoseconds(usage.cpu.throttled),
            ]),
        ])
        let memory: JSONValue = .object([
            "cache": number(usage.memory.file),
            "usage": .object([
                "limit": number(usage.memory.limit ?? UInt64(Int64.max)), "usage": number(usage.memory.used),
                "max": number(usage.memory.peak), "failcnt": .integer(0),
            ]),
            "raw": .object(["oom_kill": number(usage.memory.outOfMemoryKills)]),
        ])
        let data: JSONValue = .object([
            "cpu": cpu, "memory": memory,
            "pids": .object(["current": number(usage.pids.current), "limit": number(usage.pids.limit)]),
        ])
        return .object(["type": .string("stats"), "id": .string(identifier), "data": data])
    }
}
