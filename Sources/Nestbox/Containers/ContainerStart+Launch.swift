// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import ContainerNetwork
internal import SystemPackage

extension ContainerStart {
    /// Starts the program, connected to its network.
    ///
    /// - Returns: The container and its connection; nothing is left of either if this throws.
    func launch(_ configuration: ContainerConfiguration) async throws -> (Container, ContainerConnection) {
        let connecting = ContainerConnecting(engine: engine, record: record, ports: ports.published)
        if record.users != nil, connecting.makesNamespace {
            return try await launchWithOwnUsers(configuration, connecting)
        }
        let connection = try await connecting.connect()
        var configuration = configuration
        configuration.namespaces.network = connection.choice
        configuration.mounts.insert(contentsOf: connection.files.mounts, at: Mount.standard.count)
        do {
            let container = try await engine.runtime().run(configuration)
            try await discardingOnError(container) { try ports.open(record.identifier, by: connection) }
            return (container, connection)
        } catch {
            await connection.end()
            throw error
        }
    }

    /// A network namespace belongs to the users of whoever made it, so the container makes its own, and waits while it is
    /// connected.
    private func launchWithOwnUsers(
        _ configuration: ContainerConfiguration,
        _ connecting: ContainerConnecting
    ) async throws -> (Container, ContainerConnection) {
        var configuration = configuration
        configuration.namespaces.network = .new
        configuration.mounts.insert(contentsOf: try connecting.emptyFiles().mounts, at: Mount.standard.count)
        let container = try await engine.runtime().create(configuration)
        return try await discardingOnError(container) {
            let namespace = try NetworkNamespace.of(process: container.processIdentifier)
            try await namespace.prepare()
            let connection = try await connecting.connect(namespace)
            do {
                try ports.open(record.identifier, by: connection)
                try await container.start()
                return (container, connection)
            } catch {
                await connection.end()
                throw error
            }
        }
    }

    /// Ends a container and its ports if what is done next fails.
    private func discardingOnError<Value>(_ container: Container, _ body: () async throws -> Value) async throws
        -> Value
    {
        do {
            return try await body()
        } catch {
            ports.close(record.identifier)
            _ = try? await container.kill()
            try? await container.delete()
            throw error
        }
    }
}

extension ContainerDirectory {
    /// The files that say who the container is and who it asks, where programs look for them.
    fileprivate var mounts: [Mount] {
        [
            .bind(hostNameFile, at: "/etc/hostname"), .bind(hostsFile, at: "/etc/hosts"),
            .bind(resolverFile, at: "/etc/resolv.conf"),
        ]
    }
}
