// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Synchronization

/// A wish for a service that it be otherwise.
///
/// Who wished is told what came of it, also if nobody gets to it any more.
final class ServiceRequest: Sendable {
    enum Kind: Sendable {
        /// Another number of replicas.
        case scale(Int)
        /// Other replicas.
        case update(ServiceSpecification)
        /// As many replicas as there should be.
        case heal
    }

    let kind: Kind
    private let answer: Mutex<CheckedContinuation<Void, any Error>?>

    /// Takes a wish.
    ///
    /// - Parameters:
    ///   - kind: What is wished for.
    ///   - answer: Who waits, if anyone.
    init(_ kind: Kind, _ answer: CheckedContinuation<Void, any Error>? = nil) {
        self.kind = kind
        self.answer = Mutex(answer)
    }

    deinit {
        finish(.failure(NestboxError(.notRunning, "the service is being stopped")))
    }

    /// Tells who waits, once.
    func finish(_ result: Result<Void, any Error>) {
        answer.withLock { $0.take() }?.resume(with: result)
    }
}
