// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What happens in a build as a sequence: what one task does, another one shows.
///
/// ```swift
/// let progress = BuildProgress()
/// async let result = progress.finishing { try await builder.build(context, progress: progress.handler) }
/// for await event in progress { show(event) }
/// ```
public struct BuildProgress: AsyncSequence, Sendable {
    /// One thing that happened.
    public typealias Element = BuildEvent

    private let stream: AsyncStream<BuildEvent>
    private let continuation: AsyncStream<BuildEvent>.Continuation

    /// Makes a sequence that begins when somebody reports.
    public init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    /// What to pass as the progress of a build.
    public var handler: BuildProgressHandler {
        { [continuation] in continuation.yield($0) }
    }

    /// Runs the build that reports, and ends the sequence with it.
    public func finishing<Value>(_ body: () async throws -> Value) async rethrows -> Value {
        defer { continuation.finish() }
        return try await body()
    }

    /// The events.
    public func makeAsyncIterator() -> AsyncStream<BuildEvent>.Iterator {
        stream.makeAsyncIterator()
    }
}
