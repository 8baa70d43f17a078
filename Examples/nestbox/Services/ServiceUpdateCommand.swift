// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `service update`.
struct ServiceUpdateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Replace a service's containers by others, some at a time.",
        discussion: """
            A new container has to answer before an old one gets no more clients. If one does not, the service goes back
            to what it was.

            Examples:
              nestbox service update --image web:2 web
              nestbox service update -e COLOUR=blue --memory 256m web
              nestbox service update --policy least-requests web
            """
    )

    @OptionGroup var engine: EngineOptions
    @OptionGroup var updating: UpdateFlags
    @OptionGroup var scaling: ScalingFlags

    @Option(help: "Another image, by name or identifier.")
    var image: String?

    @Option(name: [.short, .customLong("env"), .customLong("env-add")], help: "Set a variable: NAME=value.")
    var environment: [String] = []

    @Option(name: .customLong("env-rm"), help: "Take a variable away.")
    var removedVariables: [String] = []

    @Option(name: [.short, .long], parsing: .unconditional, help: "Limit memory, such as 64m or 1.5g.")
    var memory: String?

    @Option(parsing: .unconditional, help: "Limit processor time, such as 1.5 processors.")
    var cpus: Double?

    @Option(
        name: .customLong("args"),
        parsing: .upToNextOption,
        help: "The program's arguments, in place of the image's."
    )
    var arguments: [String] = []

    @Option(
        name: [.long, .customLong("balance")],
        help: "How requests, or connections without HTTP, are spread from now on; no container is replaced for it."
    )
    var policy: String?

    @Flag(help: "Replace the containers even if nothing is otherwise.")
    var force = false

    @Argument(help: "The service.")
    var service: String

    func run() async throws {
        let nestbox = try await engine.open()
        try await nestbox.updateService(service) { specification in
            try updating.apply(to: &specification.update)
            if let scale = try scaling.autoscaling(replicas: specification.replicas) {
                specification.autoscaling = scale
            }
            if let policy { specification.policy = try BalancingPolicy(argument: policy) }
            if let image { specification.container.image = image }
            if !arguments.isEmpty { specification.container.command = arguments }
            if let memory { specification.container.limits.memory = try ByteCount.parse(memory) }
            if let cpus { specification.container.limits.processors = cpus }
            let changed = Set(environment.map { $0.prefix { $0 != "=" } } + removedVariables.map { $0[...] })
            specification.container.environment.removeAll { changed.contains($0.prefix { $0 != "=" }) }
            specification.container.environment += environment.compactMap(EnvironmentFile.entry)
            if force { specification.container.labels["nestbox.update"] = Moment.now().description }
        }
        print(service)
    }
}
