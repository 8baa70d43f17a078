// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Synchronization

/// A wish for another number of replicas.
///
/// Who wished is told what came of it, also if nobody gets to it any more.
final class ScaleRequest: Sendable {
    let count: Int
    private let answer: Mutex<CheckedContinuation<Void, any Error>?>

    /// Takes a wish.
    ///
    /// - Parameters:
    ///   - count: How many replicas.
    ///   - answer: Who waits.
    init(_ count: Int, _ answer: CheckedContinuation<Void, any Error>) {
        self.count = count
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
