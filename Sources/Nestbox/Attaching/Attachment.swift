// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
internal import Synchronization
internal import SystemPackage

/// A connection to the streams of a container that belongs to another process.
///
/// The output is what comes from now on. It ends when the container has ended, or when this reads too slowly.
public final class Attachment: Sendable {
    /// A piece of output.
    public struct Output: Sendable, Hashable {
        /// Where the program has written it.
        public var stream: OutputStream
        /// What it has written.
        public var bytes: [UInt8]
    }

    private let descriptor: CInt
    private let received = Mutex<[UInt8]>([])

    init(_ path: FilePath) throws {
        do {
            descriptor = try AttachSocket.connect(to: path)
        } catch {
            throw NestboxError(error, "the container can't be attached to")
        }
    }

    deinit {
        close(descriptor)
    }

    /// Gives the program input.
    ///
    /// - Throws: ``NestboxError`` of code `notRunning` if the container has ended, or `CancellationError`.
    public func write(_ bytes: [UInt8]) async throws {
        for frame in AttachFrame.frames(.input, bytes) { try await send(frame) }
    }

    /// Changes the size of the program's terminal.
    ///
    /// - Throws: ``NestboxError`` of code `notRunning` if the container has ended, or `CancellationError`.
    public func resize(rows: UInt16, columns: UInt16) async throws {
        let bytes = [rows, columns].flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        try await send(AttachFrame(kind: .size, bytes: bytes))
    }

    /// The next piece of output; `nil` at its end.
    ///
    /// - Throws: `CancellationError`, or ``NestboxError`` if the other side does not speak as it should.
    public func next() async throws -> Output? {
        while true {
            let frame = try received.withLock { received throws in try AttachFrame.take(from: &received) }
            if let frame {
                return Output(stream: frame.kind == .error ? .standardError : .standardOutput, bytes: frame.bytes)
            }
            try await ready(POLLIN)
            var chunk = [UInt8](repeating: 0, count: 32 << 10)
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EAGAIN || errno == EINTR { continue }
            guard count > 0 else { return nil }
            received.withLock { $0 += chunk[..<count] }
        }
    }

    private func send(_ frame: AttachFrame) async throws {
        let bytes = frame.encoded
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            if count < 0, errno == EAGAIN || errno == EINTR {
                try await ready(POLLOUT)
                continue
            }
            guard count > 0 else { throw NestboxError(.notRunning, "the container has ended") }
            sent += count
        }
    }

    /// Looks again after a moment rather than to hold up a thread that others need.
    private func ready(_ events: CInt) async throws {
        while true {
            try Task.checkCancellation()
            var waiting = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            if poll(&waiting, 1, 0) != 0 { return }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}

extension Nestbox {
    /// Connects to the streams of a running container that was started detached with input or a terminal.
    ///
    /// - Parameter text: The container.
    /// - Returns: The connection; `nil` if the container's streams can't be reached, whose output is only in its log.
    /// - Throws: ``NestboxError``: `containerNotFound`, `notRunning`.
    public func attach(_ text: String) throws -> Attachment? {
        let record = try container(text)
        guard record.isRunning else { throw Self.notRunning(text) }
        let path = layout.container(record.identifier).attachSocket
        guard FileVersion(path) != nil else { return nil }
        return try Attachment(path)
    }
}
