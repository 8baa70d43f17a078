// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerNetwork
import SystemPackage

/// What containers can leave on a host.
struct HostState {
    private let links: Set<String>

    init() throws {
        links = Set(try Link.all().map(\.name))
    }

    /// What is there of some containers, and which links have come since another look and stay.
    ///
    /// Others on this machine may run containers at the same time: theirs come and go.
    func leftovers(since before: HostState, of identifiers: Set<String>) async throws -> [String] {
        var strange = links.subtracting(before.links)
        for _ in 0..<100 where !strange.isEmpty {
            try await Task.sleep(for: .milliseconds(100))
            strange.formIntersection(try Link.all().map(\.name))
        }
        let groups = try await OwnThread.run { try Shell.run(["find", "/sys/fs/cgroup", "-type", "d"]) }.lines
        let mounts = try Shell.text(of: "/proc/self/mountinfo").split(separator: "\n").map(String.init)
        let traces = (groups + mounts).filter { line in
            line.contains("nestbox") && identifiers.contains { line.contains($0.prefix(12)) }
        }
        return strange.sorted() + traces
    }
}
