// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import FoundationEssentials
import Glibc

/// The host's control groups, as far as the benchmark is concerned with them.
struct ControlGroups {
    private static let top = "/sys/fs/cgroup"

    /// The v1 hierarchies that a hybrid host needs for the limits, and all that crun is shown.
    static let shown = ["memory", "cpu", "pids"]

    /// Whether the v1 hierarchies are there that limits need.
    static var haveLimits: Bool { shown.allSatisfy { access("\(top)/\($0)/tasks", F_OK) == 0 } }

    /// Whether v1 and v2 hierarchies are mounted side by side, which crun refuses.
    static var areHybrid: Bool { access("\(top)/unified/cgroup.procs", F_OK) == 0 }

    /// The hierarchies whose `nestbox` group was there before the benchmark.
    private let before: Set<String>

    /// Notes what is there.
    init() {
        self.before = Set(Self.hierarchies.filter { access("\(Self.top)/\($0)/nestbox", F_OK) == 0 })
    }

    /// Removes the groups that contenders left because they failed, and the parent where the benchmark brought it.
    ///
    /// A group that holds a process, or another group, stays: the kernel refuses to remove it.
    func removeLeftovers() {
        for hierarchy in Self.hierarchies {
            let parent = "\(Self.top)/\(hierarchy)/nestbox"
            for name in Self.names(in: parent) where name.hasPrefix("bench-") {
                for inner in Self.names(in: "\(parent)/\(name)") { rmdir("\(parent)/\(name)/\(inner)") }
                rmdir("\(parent)/\(name)")
            }
            if !before.contains(hierarchy) { rmdir(parent) }
        }
    }

    private static var hierarchies: [String] { names(in: top) }

    private static func names(in directory: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    }
}
