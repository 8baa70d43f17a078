// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Glibc
import SystemPackage

/// This process's standard input, for a program in a container.
enum StandardInput {
    /// Passes what is read on, until its end or the task's cancellation.
    static func relay(to writer: StandardInputWriter) async {
        let isEnded = await relay { bytes in
            try await writer.write(bytes)
            return true
        }
        if isEnded { writer.finish() }
    }

    /// Passes what is read on, as long as it is wanted, until its end or the task's cancellation.
    ///
    /// - Parameter take: Takes bytes, and says whether it wants more.
    /// - Returns: Whether the input has ended.
    static func relay(to take: ([UInt8]) async throws -> Bool) async -> Bool {
        while !Task.isCancelled, let bytes = await next() {
            if bytes.isEmpty { return true }
            guard let wantsMore = try? await take(bytes), wantsMore else { return false }
        }
        return false
    }

    /// The next bytes; none at the end, `nil` if the task was cancelled meanwhile.
    private static func next() async -> [UInt8]? {
        while !Task.isCancelled {
            var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            let count = poll(&waiting, 1, 0)
            if count < 0, errno != EINTR { return [] }
            if count > 0 {
                var chunk = [UInt8](repeating: 0, count: 16 << 10)
                let size = read(STDIN_FILENO, &chunk, chunk.count)
                if size < 0, errno == EINTR || errno == EAGAIN { continue }
                return Array(chunk.prefix(max(0, size)))
            }
            do { try await Task.sleep(for: .milliseconds(5)) } catch { return nil }
        }
        return nil
    }
}
