// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ContainerNetwork
import ImageStore
import Nestbox

/// The flags that say what a container is like, shared by `run` and `service create`.
struct ContainerOptions: ParsableArguments {
    @Option(name: [.short, .customLong("env")], help: "Set a variable: NAME=value, or NAME for the one of this shell.")
    var environment: [String] = []

    @Option(name: .customLong("env-file"), help: "Read variables from a file, one in a line.")
    var environmentFiles: [String] = []

    @Option(
        name: [.short, .long],
        help:
            "Make a port or range reachable: [[ADDRESS:]HOST-PORT:]PORT[/udp]; at a free port of the host by default."
    )
    var publish: [String] = []

    @Flag(
        name: [.customShort("P"), .customLong("publish-all")],
        help: "Make every port reachable that the image exposes."
    )
    var publishesAll = false

    @OptionGroup var mounts: MountFlags
    @OptionGroup var network: NetworkFlags
    @OptionGroup var security: SecurityFlags
    @OptionGroup var health: HealthFlags

    @Option(help: "Take the image for this platform: OS/ARCHITECTURE[/VARIANT].")
    var platform: String?

    @Option(
        name: [.short, .long],
        parsing: .unconditional,
        help: "Limit memory to so many bytes, such as 64m or 1.5g; no limit by default."
    )
    var memory: String?

    @Option(
        parsing: .unconditional,
        help: "Limit processor time to so many processors, such as 1.5; no limit by default."
    )
    var cpus: Double?

    @Option(
        name: .customLong("pids-limit"),
        parsing: .unconditional,
        help: "Limit the number of processes and threads; no limit by default."
    )
    var pidsLimit: Int64?

    @Option(name: [.customShort("w"), .customLong("workdir")], help: "Where the program starts.")
    var workingDirectory: String?

    @Option(name: [.short, .long], help: "Who the program runs as: a name or number, and :GROUP behind it.")
    var user: String?

    @Option(help: "Run this in place of the image's entrypoint.")
    var entrypoint: String?

    @Option(
        name: .customLong("hostname"),
        help: "The container's host name; the beginning of its identifier by default."
    )
    var hostName: String?

    @Option(name: [.short, .long], help: "Set a label: NAME=value.")
    var label: [String] = []

    @Option(
        name: .customLong("stop-signal"),
        help: "The signal that asks the program to end, by name or number; the image's or TERM by default."
    )
    var stopSignal: String?

    @Option(
        name: .customLong("stop-timeout"),
        parsing: .unconditional,
        help: "How many seconds it then has before it is killed, -1 for no end; 10 by default."
    )
    var stopTimeout: Int?

    @Flag(name: .customLong("init"), help: "Run a small init as process 1 that passes signals on and reaps.")
    var runsInit = false

    @Flag(name: .customLong("read-only"), help: "Let the container write to its volumes only.")
    var isReadOnly = false

    @Option(
        name: .customLong("log-opt"),
        help: "Keep only so much output: max-size=10m a file, max-file=3 files; all of it by default."
    )
    var logOptions: [String] = []

    /// What the flags say, for an image and a command.
    func specification(image: String, command: [String]) throws -> ContainerSpecification {
        var specification = ContainerSpecification(image: image, command: command)
        specification.platform = try platform.map { try Platform(argument: $0) }
        specification.environment = try environmentFiles.flatMap(EnvironmentFile.read)
        specification.environment += environment.compactMap(EnvironmentFile.entry)
        specification.ports = try publish.flatMap { try PortMapping.parse($0) }
        specification.publishesExposedPorts = publishesAll
        try mounts.apply(to: &specification)
        specification.network = try network.options()
        specification.security = try security.security()
        specification.userNamespace = try security.userNamespace.map { try UserNamespaceMode($0) }
        specification.health = try health.check()
        for option in logOptions { try specification.log.take(option) }
        specification.limits = ContainerLimits(
            memory: try memory.map { try ByteCount.parse($0) },
            processors: cpus,
            processes: pidsLimit
        )
        specification.workingDirectory = workingDirectory
        specification.user = user
        specification.entrypoint = entrypoint.map { $0.isEmpty ? [] : [$0] }
        specification.hostName = hostName
        for text in label {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            specification.labels[parts[0]] = parts.count > 1 ? parts[1] : ""
        }
        specification.stopSignal = stopSignal
        specification.stopTimeout = stopTimeout
        specification.runsInit = runsInit
        specification.isReadOnly = isReadOnly
        return specification
    }
}
