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
            let former = replicas.specification
            var failure: String?
            do {
                if wanted.specification != former { try await replicas.update(to: wanted.specification) }
                if wanted.replicas != replicas.live.count { try await replicas.scale(to: wanted.replicas) }
            } catch {
                engine.logger.error(
                    "a service was not changed as it was asked to",
                    metadata: ["service.name": "\(replicas.name)", "error": "\(error)"]
                )
                failure = "\(error)"
            }
            let present = replicas.specification
            try engine.changeService(replicas.name) { record in
                record.settledChange = wanted.change
                record.failure = failure
                record.specification = present
                record.policy = present.policy
                record.image = present.container.image
            }
        }
    }
}
