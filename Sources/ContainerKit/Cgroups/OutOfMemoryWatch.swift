// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CLinux
import Glibc
import Synchronization
import SystemPackage

/// Tells of processes that the kernel killed because a container's memory limit was reached.
///
/// On v2 the kernel marks `memory.events` as changed; v1 raises a counter that is registered in `cgroup.event_control`.
final class OutOfMemoryWatch: Sendable {
    private let group: Cgroup
    /// The file that is marked as changed, or the counter that is raised.
    private let source: Descriptor
    private let isCounter: Bool
    private let reactor: Reactor
    private let report: @Sendable (_ kills: UInt64) -> Void
    private let state: Mutex<(kills: UInt64, token: Reactor.Token?)>

    /// Begins to watch.
    ///
    /// - Parameters:
    ///   - group: The container's groups.
    ///   - reactor: Where to wait.
    ///   - report: Called on the reactor's thread with the number of killed processes so far, when there are more.
    /// - Throws: ``ContainerError`` if the memory controller has no such notice here.
    init(_ group: Cgroup, reactor: Reactor, report: @escaping @Sendable (UInt64) -> Void) throws {
        self.group = group
        self.reactor = reactor
        self.report = report
        guard let member = group.member(.memory) else {
            throw ContainerError(.unsupported, "the container has no memory control group")
        }
        isCounter = member.branch.hierarchy.version == .v1
        source = try isCounter ? Self.counter(in: member) : Self.events(of: member)
        state = Mutex((try group.usage().memory.outOfMemoryKills ?? 0, nil))
        wait()
    }

    /// Stops watching.
    func cancel() {
        let token = state.withLock { state in
            defer { state.token = nil }
            return state.token
        }
        if let token { reactor.cancel(token) }
    }

    private static func events(of member: Cgroup.Member) throws -> Descriptor {
        let file = try member.directory.open(member.file("memory.events"), O_RDONLY)
        return try memoryStep { () throws(Errno) in try Descriptor(owning: file.rawValue).aboveStandardStreams() }
    }

    private static func counter(in member: Cgroup.Member) throws -> Descriptor {
        let counter = try memoryStep { () throws(Errno) in
            let counter = try WakeUp().intoDescriptor()
            try counter.makeNonblocking()
            return counter
        }
        let control = try member.directory.open(member.file("memory.oom_control"), O_RDONLY)
        defer { try? control.close() }
        let line = "\(counter.rawValue) \(control.rawValue)"
        try member.directory.write(line, to: member.file("cgroup.event_control"))
        return counter
    }

    private static func memoryStep(_ body: () throws(Errno) -> Descriptor) throws(ContainerError) -> Descriptor {
        do {
            return try body()
        } catch {
            throw ContainerError(.cgroup, "the memory limit can't be watched", operation: "watch memory", errno: error)
        }
    }

    private func wait() {
        let interest: Reactor.Interest = isCounter ? .readable : .exceptional
        // If the kernel has no room for another wait, events are missed but nothing else.
        let token = try? reactor.wait(for: interest, of: source.rawValue) { self.look() }
        state.withLock { $0.token = token }
    }

    private func look() {
        if isCounter {
            var count: UInt64 = 0
            _ = read(source.rawValue, &count, MemoryLayout<UInt64>.size)
        }
        guard let kills = try? group.usage().memory.outOfMemoryKills else { return }
        let isNew = state.withLock { state in
            defer { state.kills = max(kills, state.kills) }
            return kills > state.kills
        }
        if isNew { report(kills) }
        wait()
    }
}
