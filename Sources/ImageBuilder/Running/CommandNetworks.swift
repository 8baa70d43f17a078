// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// The networks of one build's commands: each command has one for itself while it runs, and leaves it to the next.
final class CommandNetworks: Sendable {
    private let provider: (any BuildNetworkProvider)?
    private let idle = Mutex<[BuildNetwork]>([])

    init(_ provider: (any BuildNetworkProvider)?) {
        self.provider = provider
    }

    /// A network that no other command has; nil where commands share the host's.
    func take() async throws -> BuildNetwork? {
        guard let provider else { return nil }
        if let network = idle.withLock({ $0.popLast() }) { return network }
        do {
            return try await provider.connect()
        } catch let error as CancellationError {
            throw error
        } catch {
            throw ImageBuilderError(.commandNotStarted, "the command can't be given a network: \(error)")
        }
    }

    /// Takes a network back from a command that has ended.
    func leave(_ network: BuildNetwork) {
        idle.withLock { $0.append(network) }
    }

    /// Takes down what no command has any more.
    func end() async {
        for network in idle.withLock({ networks in
            defer { networks = [] }
            return networks
        }) {
            await network.end()
        }
    }
}
