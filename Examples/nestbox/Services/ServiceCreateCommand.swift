// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `service create`.
struct ServiceCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Start a service, and print its name once all of its containers run.",
        discussion: """
            Examples:
              nestbox service create --name web --replicas 3 -p 8080:80 nginx
              nestbox service create --name web --min 1 --max 8 --scale-by cpu --policy least-cpu -p 8080:80 nginx
              nestbox service create --name web --http --replicas 3 --policy least-requests -p 8080:80 nginx
              nestbox service create --name web --http --metrics 127.0.0.1:9100 -p 8080:80 nginx
              nestbox service create --name web --http --tls-cert chain.pem --tls-key key.pem -p 443:80 nginx
            """
    )

    @OptionGroup var engine: EngineOptions
    @OptionGroup var registry: RegistryOptions
    @OptionGroup var provision: ImageProvision
    @OptionGroup var options: ContainerOptions
    @OptionGroup var scaling: ScalingFlags
    @OptionGroup var updating: UpdateFlags
    @OptionGroup var speaking: HTTPFlags

    @Option(help: "The service's name.")
    var name: String

    @Option(parsing: .unconditional, help: "How many containers.")
    var replicas = 1

    @Option(
        name: [.long, .customLong("balance")],
        help: "How clients are spread: \(BalancingPolicy.names)."
    )
    var policy = BalancingPolicy.roundRobin.rawValue

    @Option(
        name: .customLong("metrics"),
        help: "Serve the ports' figures by HTTP for Prometheus at /metrics: [ADDRESS:]PORT, 127.0.0.1 by default."
    )
    var metrics: String?

    @Argument(help: "The image, by name or identifier.")
    var image: String

    @Argument(parsing: .captureForPassthrough, help: "The program and its arguments, in place of the image's.")
    var command: [String] = []

    func run() async throws {
        var container = try options.specification(image: image, command: command)
        container.pullPolicy = .never
        var specification = ServiceSpecification(name: name, replicas: replicas, container: container)
        specification.policy = try BalancingPolicy(argument: policy)
        specification.http = try speaking.options()
        specification.metrics = metrics
        specification.autoscaling = try scaling.autoscaling(replicas: replicas)
        try updating.apply(to: &specification.update)
        let nestbox = try await engine.open(puller: registry.puller)
        try nestbox.refuse(specification)
        try await provision.provide(image, container.platform, nestbox)
        print(try await MonitorCommand.program(root: engine.path).run(specification))
    }
}
