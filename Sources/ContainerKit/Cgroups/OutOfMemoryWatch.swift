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
    /// The file that is marked as changed, or the counter that is raised.
    private let source: Descriptor
    private let isCounter: Bool
    private let reactor: Reactor
    private let kills: OutOfMemoryKills
    private let token = Mutex<Reactor.Token?>(nil)

    /// Begins to watch.
    ///
    /// - Parameters:
    ///   - kills: Asked to tell, on the reactor's thread, when there may be more.
    ///   - reactor: Where to wait.
    /// - Throws: ``ContainerError`` if the memory controller has no such notice here.
    init(_ kills: OutOfMemoryKills, reactor: Reactor) throws {
        self.reactor = reactor
        self.kills = kills
        guard let member = kills.group.member(.memory) else {
            throw ContainerError(.unsupported, "the container has no memory control group")
        }
        isCounter = member.branch.hierarchy.version == .v1
        source = try isCounter ? Self.counter(in: member) : Self.events(of: member)
        wait()
    }

    /// Stops watching.
    func cancel() {
        let last = token.withLock { token in
            defer { token = nil }
            return token
        }
        if let last { reactor.cancel(last) }
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
        let next = try? reactor.wait(for: interest, of: source.rawValue) { self.look() }
        token.withLock { $0 = next }
    }

    private func look() {
        if isCounter {
            var count: UInt64 = 0
            _ = read(source.rawValue, &count, MemoryLayout<UInt64>.size)
        }
        guard kills.tell() else { return }
        wait()
    }
}
