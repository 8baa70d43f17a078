// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Container {
    /// What happens to the container from now on: processes killed for want of memory, and the end of its program.
    ///
    /// Each call gives a sequence of its own, which ends after ``ContainerEvent/exited(_:)``.
    ///
    /// ```swift
    /// for await event in container.events() {
    ///     if case .outOfMemory(let kills) = event { print("killed for want of memory: \(kills)") }
    /// }
    /// ```
    ///
    /// - Returns: The events. Without a memory control group there is only the end.
    public func events() -> AsyncStream<ContainerEvent> {
        let (stream, continuation) = AsyncStream.makeStream(of: ContainerEvent.self)
        let watch = group.flatMap { group in
            try? OutOfMemoryWatch(group, reactor: runtime.reactor) { continuation.yield(.outOfMemory(kills: $0)) }
        }
        let group = group
        let seen = (try? group?.usage().memory.outOfMemoryKills) ?? 0
        process.whenEnded { status in
            // The kernel's word on the last kill may come later than the end that the kill brought about.
            if let kills = try? group?.usage().memory.outOfMemoryKills, kills > seen {
                continuation.yield(.outOfMemory(kills: kills))
            }
            continuation.yield(.exited(status))
            continuation.finish()
            watch?.cancel()
        }
        continuation.onTermination = { _ in watch?.cancel() }
        return stream
    }
}
