// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import ContainerNetwork
internal import ImageBuilder
internal import SystemPackage

/// Gives the commands of builds a place on the engine's own network.
///
/// Each place has a directory among the containers' with a lock in it and no record: to the networks it is a container
/// that lives as long as this process holds the lock, to everybody else it is none, and what is left of it goes when the
/// root is opened next.
struct EngineBuildNetworks: BuildNetworkProvider {
    let engine: Nestbox

    func connect() async throws -> BuildNetwork {
        let identifier = ContainerConfiguration.randomIdentifier()
        let lock = try hold(identifier)
        do {
            return try await connect(identifier, lock)
        } catch {
            release(identifier)
            throw error
        }
    }

    private func connect(_ identifier: String, _ lock: FileLock) async throws -> BuildNetwork {
        let plane = engine.networkPlane
        let name = NetworkRecord.builtInName
        let request = EndpointRequest(network: name, container: identifier, name: "build-\(identifier.prefix(12))")
        let namespace = try await plane.pool.take()
        let connected = try await plane.connect(request, namespace)
        do {
            let host = ResolverConfiguration(parsing: ContainerConnecting.hostResolver)
            let hasServer = connected.listener != nil
            let (file, servers) = NetworkFiles.resolver(NetworkOptions(), host: host, hasServer: hasServer)
            let service = try connected.listener.map { listener in
                try plane.services().server.serve(
                    listener,
                    directory: ContainerNames(store: plane.store, container: identifier),
                    servers: servers
                )
            }
            let descriptor = try namespace.duplicateDescriptor()
            plane.pool.refill()
            return BuildNetwork(
                namespace: FilePath("/proc/self/fd/\(descriptor.rawValue)"),
                resolverConfiguration: file.text
            ) {
                service?.stop()
                await plane.disconnectAll(identifier)
                try? descriptor.close()
                namespace.close()
                release(identifier)
                withExtendedLifetime(lock) {}
            }
        } catch {
            await plane.disconnect(connected.endpoint, from: name)
            namespace.close()
            throw error
        }
    }

    /// Makes the directory, and the lock that says that it is somebody's.
    private func hold(_ identifier: String) throws -> FileLock {
        let directory = engine.layout.container(identifier)
        return try engine.withLock {
            try Directory(directory.path).make()
            guard let lock = try FileLock.tryAcquire(directory.lock, creating: true) else {
                throw NestboxError(.state, "'\(directory.path)' is locked by another process")
            }
            return lock
        }
    }

    /// Removes the directory; what can't be removed now is when the root is opened next.
    private func release(_ identifier: String) {
        try? Directory(engine.layout.container(identifier).path).removeTree()
    }
}
