// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import ContainerNetwork
import ImageStore
import Testing

@testable import Nestbox

/// A service of nginx behind one port that speaks HTTP.
enum WebService {
    static func specification(_ replicas: Int) throws -> ServiceSpecification {
        var container = ContainerSpecification(image: "web", command: WebArchive.command)
        container.ports = try PortMapping.parse("127.0.0.1::80")
        container.stopTimeout = 2
        var specification = ServiceSpecification(name: "web", replicas: replicas, container: container)
        specification.http = HTTPOptions()
        specification.update.watchTime = 0
        return specification
    }

    /// Runs a service while something is done with it; nothing of it stays.
    static func run(
        _ specification: ServiceSpecification,
        _ body: (Nestbox, ReplicaSet, UInt16) async throws -> Void
    ) async throws {
        try await withNestbox { nestbox in
            let archive = try WebArchive()
            _ = try await nestbox.images.importRootFilesystem(
                archive: archive.path,
                as: ImageReference("web").taggedByDefault,
                configuration: .init()
            )
            let replicas = try await nestbox.launch(specification)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await replicas.run() }
                defer { tasks.cancelAll() }
                let port = try #require(replicas.publishedPorts.first?.hostPort)
                for replica in replicas.live {
                    while await !replicas.ports[0].answers(replica.container.connection) {
                        try await Task.sleep(for: .milliseconds(5))
                    }
                }
                while replicas.identifiers.count < replicas.live.count {
                    try await Task.sleep(for: .milliseconds(5))
                }
                try await body(nestbox, replicas, port)
            }
            #expect(try nestbox.containers().isEmpty)
            #expect(try nestbox.services().isEmpty)
        }
    }

    /// Sends SIGKILL to the process 1 of a replica, past the engine, and waits until another has taken its place.
    static func killOne(of replicas: ReplicaSet, on nestbox: Nestbox, keeping count: Int) async throws {
        let victim = try #require(replicas.identifiers.randomElement())
        let process = try #require(try nestbox.container(victim).state.process)
        _ = try ProcessHandle(process)?.send(.kill)
        while replicas.identifiers.contains(victim) || replicas.identifiers.count < count {
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
