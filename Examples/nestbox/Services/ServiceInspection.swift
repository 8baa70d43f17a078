// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerNetwork
import Nestbox

/// A service in the shape that Docker's `service inspect` gives it; how its clients are spread, and how it follows its
/// load, Docker does not know.
struct ServiceInspection: Encodable {
    struct Specification: Encodable {
        struct Template: Encodable {
            let ContainerSpec: Container
            let Resources: [String: Limits]
        }

        struct Container: Encodable {
            let Image: String
            let Command: [String]?
            let Args: [String]
            let Env: [String]
            let Dir: String?
            let User: String?
            let Labels: [String: String]
        }

        /// What is not limited is 0.
        struct Limits: Encodable {
            let NanoCPUs: Int64
            let MemoryBytes: Int64
            let Pids: Int64
        }

        /// Times are in nanoseconds.
        struct Update: Encodable {
            let Parallelism: Int
            let Monitor: Int64
            let FailureAction: String
        }

        let Name: String
        let TaskTemplate: Template
        let Mode: [String: [String: Int]]
        let UpdateConfig: Update
    }

    struct Port: Encodable {
        let `Protocol`: String
        let TargetPort: UInt16
        let PublishedPort: UInt16
        let PublishedAddress: String
    }

    let Name: String
    let CreatedAt: String
    let Spec: Specification
    let Endpoint: [String: [Port]]
    let Policy: String
    let HTTP: HTTPOptions?
    let Autoscaling: Autoscaling?
    let Metrics: String?
    /// The states of its containers, by name.
    let Replicas: [String: String]

    init(_ record: ServiceRecord, replicas: [ContainerRecord]) {
        let specification = record.specification
        Name = record.name
        CreatedAt = record.createdAt.description
        Spec = Specification(
            Name: record.name,
            TaskTemplate: .init(
                ContainerSpec: .init(specification.container),
                Resources: ["Limits": .init(specification.container.limits)]
            ),
            Mode: ["Replicated": ["Replicas": record.replicas]],
            UpdateConfig: .init(specification.update)
        )
        let ports = record.ports.map {
            Port(
                Protocol: $0.transport.rawValue,
                TargetPort: $0.containerPort,
                PublishedPort: $0.hostPort,
                PublishedAddress: $0.hostAddress
            )
        }
        Endpoint = ["Ports": ports]
        Policy = record.policy.rawValue
        HTTP = specification.http
        Autoscaling = specification.autoscaling
        Metrics = record.metricsAddress
        Replicas = Dictionary(replicas.map { ($0.name, $0.state.status.rawValue) }, uniquingKeysWith: { $1 })
    }
}

extension ServiceInspection.Specification.Container {
    init(_ container: ContainerSpecification) {
        Image = container.image
        Command = container.entrypoint
        Args = container.command
        Env = container.environment
        Dir = container.workingDirectory
        User = container.user
        Labels = container.labels
    }
}

extension ServiceInspection.Specification.Limits {
    init(_ limits: ContainerLimits) {
        NanoCPUs = Int64((limits.processors ?? 0) * 1e9)
        MemoryBytes = limits.memory ?? 0
        Pids = limits.processes ?? 0
    }
}

extension ServiceInspection.Specification.Update {
    init(_ update: UpdateOptions) {
        Parallelism = update.parallelism
        Monitor = Int64(update.watchTime) * 1_000_000_000
        FailureAction = update.rollsBack ? "rollback" : "pause"
    }
}
