// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The flags that say how it is found out whether a container does its work.
struct HealthFlags: ParsableArguments {
    @Option(name: .customLong("health-cmd"), help: "A shell's command that succeeds while the container does its work.")
    var command: String?

    @Option(name: .customLong("health-interval"), help: "The time between two checks, such as 1m30s; 30s by default.")
    var interval: String?

    @Option(name: .customLong("health-timeout"), help: "How long a check may take; 30s by default.")
    var timeout: String?

    @Option(
        name: .customLong("health-start-period"),
        help: "For how long after the start failures don't count; 0s by default."
    )
    var startPeriod: String?

    @Option(
        name: .customLong("health-start-interval"),
        help: "The time between two checks in the start period; 5s by default."
    )
    var startInterval: String?

    @Option(name: .customLong("health-retries"), help: "How many failures in a row make it unhealthy; 3 by default.")
    var retries: Int?

    @Flag(name: .customLong("no-healthcheck"), help: "Check nothing, whatever the image says.")
    var isOff = false

    func validate() throws {
        guard !isOff || (command == nil && interval == nil && retries == nil) else {
            throw ValidationError("--no-healthcheck excludes the other flags about health")
        }
        let isAlone = interval == nil && timeout == nil && startPeriod == nil && startInterval == nil && retries == nil
        guard command != nil || isAlone else { throw ValidationError("the flags about health need --health-cmd") }
    }

    func check() throws -> HealthCheck? {
        if isOff { return HealthCheck.none }
        guard let command else { return nil }
        var check = HealthCheck(["/bin/sh", "-c", command])
        if let interval { check.interval = try Self.time(interval) }
        if let timeout { check.timeout = try Self.time(timeout) }
        if let startPeriod { check.startPeriod = try Self.time(startPeriod) }
        if let startInterval { check.startInterval = try Self.time(startInterval) }
        if let retries { check.retries = retries }
        return check
    }

    private static func time(_ text: String) throws -> Int64 {
        guard let time = MomentText.duration(text) else { throw ValidationError("'\(text)' is no time, such as 30s") }
        return time
    }
}
