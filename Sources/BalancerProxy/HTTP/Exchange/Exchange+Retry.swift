// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

extension Exchange {
    /// Whether the request may still wait for an endpoint.
    private var mayWait: Bool { worker.loop.now < started &+ worker.settings.endpointWait }

    enum Retry {
        case now
        /// Once there is another endpoint, or after a moment.
        case later
        case never
    }

    /// Whether the request may be sent again: it was not sent at all, or its method lets it be done twice.
    func retry(after failure: AttemptFailure) -> Retry {
        let retries = worker.settings.configuration.retries
        // What was refused was not done, so that it can't be done twice.
        let isUndone = !request.hasBeenSent || failure == .refused
        guard request.canRestart, isUndone || verb.isIdempotent && !wantsUpgrade else { return .never }
        let isSpent = tries >= retries.maxAttempts
        switch failure {
        case .timeout, .malformed: return .never
        // The endpoint did nothing wrong, so it may have the request again; its other idle connections are suspect too.
        case .stale:
            placement?.pool.closeIdle()
            return isSpent ? .never : .now
        case .refused:
            return isSpent ? .never : .now
        case .unreachable:
            exclude()
            // Who waits for an endpoint to come up asks no endpoint to do anything.
            guard !mayWait || lastFailure == nil else { return isSpent ? .later : .now }
            guard !isSpent else { return mayWait ? .later : .never }
            return worker.retries.withdraw(at: worker.router.now) ? .now : mayWait ? .later : .never
        case .connectTimeout, .broken:
            exclude()
            return !isSpent && worker.retries.withdraw(at: worker.router.now) ? .now : .never
        }
    }

    private func exclude() {
        if let placement { context.excluded.insert(placement.slot) }
    }
}
