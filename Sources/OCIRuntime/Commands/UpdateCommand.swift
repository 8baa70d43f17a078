// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import SystemPackage

/// Changes a container's limits.
enum UpdateCommand {
    private static let numbers: [String: (String, String)] = [
        "--memory": ("memory", "limit"), "--memory-reservation": ("memory", "reservation"),
        "--memory-swap": ("memory", "swap"), "--cpu-period": ("cpu", "period"), "--cpu-quota": ("cpu", "quota"),
        "--cpu-burst": ("cpu", "burst"), "--cpu-share": ("cpu", "shares"), "--cpu-idle": ("cpu", "idle"),
        "--pids-limit": ("pids", "limit"), "--blkio-weight": ("blockIO", "weight"),
        "--cpu-rt-period": ("cpu", "realtimePeriod"), "--cpu-rt-runtime": ("cpu", "realtimeRuntime"),
    ]
    private static let texts: [String: (String, String)] = [
        "--cpuset-cpus": ("cpu", "cpus"), "--cpuset-mems": ("cpu", "mems"),
    ]
    /// What the kernel no longer has.
    private static let passed: Set<String> = ["--kernel-memory", "--kernel-memory-tcp"]

    static func run(_ arguments: [String], _ context: CommandContext) throws -> Int32 {
        let valued = Set(numbers.keys).union(texts.keys).union(passed).union(["--resources"])
        let scanner = try ArgumentScanner(arguments, valued: valued, aliases: ["-r": "--resources"])
        let identifier = try scanner.word(0, "the container's id")
        let (control, state) = try context.control(identifier)
        var members: [String: JSONValue] = [:]
        if let file = scanner["--resources"] {
            let bytes = file == "-" ? try StateFile.readAll(.standardInput) : try StateFile.read(FilePath(file))
            guard case .object(let read) = try JSONParser.parse(bytes) else {
                throw OCIError("resources must be an object")
            }
            members = read
        }
        for (flag, place) in numbers {
            guard let text = scanner[flag] else { continue }
            guard let number = bytes(text) else { throw OCIError("\(flag) must be a number") }
            set(&members, place, .number(String(number)))
        }
        for (flag, place) in texts {
            if let text = scanner[flag] { set(&members, place, .string(text)) }
        }
        var reader = try SpecificationReader(
            bundle: state.bundle,
            identifier: identifier,
            configuration: context.folder(identifier).configurationPath
        )
        let resources = try reader.resources(JSONObject(.object(members), path: "resources"))
        for warning in reader.warnings { context.record("warning", warning) }
        try control.update(resources)
        return 0
    }

    private static func set(_ members: inout [String: JSONValue], _ place: (String, String), _ value: JSONValue) {
        var part: [String: JSONValue] = [:]
        if case .object(let existing)? = members[place.0] { part = existing }
        part[place.1] = value
        members[place.0] = .object(part)
    }

    /// A number with a unit of bytes, as runc reads it.
    private static func bytes(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40, "b": 1]
        var digits = text[...]
        var factor: Int64 = 1
        if let last = digits.last, let unit = units[Character(last.lowercased())] {
            factor = unit
            digits = digits.dropLast()
        }
        guard let number = Int64(digits) else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
    }
}
