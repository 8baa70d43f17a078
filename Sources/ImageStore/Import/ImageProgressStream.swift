// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Progress as a sequence: what one task does, another one shows.
///
/// ```swift
/// let stream = ImageProgressStream()
/// async let image = stream.finishing { try await store.load("images.tar", progress: stream.handler) }
/// for await progress in stream { show(progress) }
/// ```
///
/// Reports that nobody took yet are replaced by newer ones beyond the last 256, so a slow reader never holds up work.
public struct ImageProgressStream: AsyncSequence, Sendable {
    /// A report.
    public typealias Element = ImageProgress

    private let stream: AsyncStream<ImageProgress>
    private let continuation: AsyncStream<ImageProgress>.Continuation

    /// Makes a sequence that begins when somebody reports.
    public init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(256))
    }

    /// What to pass as the progress of an import, a pull or a push.
    public var handler: ProgressHandler {
        { [continuation] in continuation.yield($0) }
    }

    /// Runs the work that reports, and ends the sequence with it.
    public func finishing<Value>(_ body: () async throws -> Value) async rethrows -> Value {
        defer { continuation.finish() }
        return try await body()
    }

    /// The reports.
    public func makeAsyncIterator() -> AsyncStream<ImageProgress>.Iterator {
        stream.makeAsyncIterator()
    }
}
