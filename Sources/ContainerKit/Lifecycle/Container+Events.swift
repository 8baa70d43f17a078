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
        let kills = group.map { OutOfMemoryKills(of: $0) { continuation.yield(.outOfMemory(kills: $0)) } }
        let watch = kills.flatMap { try? OutOfMemoryWatch($0, reactor: runtime.reactor) }
        process.whenEnded { status in
            // The kernel's word on the last kill may come later than the end that the kill brought about.
            kills?.tell()
            continuation.yield(.exited(status))
            continuation.finish()
            watch?.cancel()
        }
        continuation.onTermination = { _ in watch?.cancel() }
        return stream
    }
}
