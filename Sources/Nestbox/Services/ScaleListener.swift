// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// Lets other processes scale a service: they change its record and send its process `SIGHUP`.
struct ScaleListener: Service {
    let replicas: ReplicaSet
    let engine: Nestbox
    let signals: UnixSignalsSequence

    func run() async throws {
        for await _ in signals.cancelOnGracefulShutdown() {
            let wanted = try engine.service(replicas.name)
            var failure: String?
            do {
                try await replicas.scale(to: wanted.replicas)
            } catch {
                engine.logger.error("the service was not scaled", metadata: ["error": "\(error)"])
                failure = "\(error)"
            }
            try engine.changeService(replicas.name) { record in
                record.settledChange = wanted.change
                record.failure = failure
            }
        }
    }
}
