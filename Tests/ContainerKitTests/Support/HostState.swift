// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

@testable import ContainerKit

/// What a launch could leave behind in this process and in a control group parent of the test's own.
struct HostState: Equatable, CustomStringConvertible {
    var descriptors: Int
    var children: Set<Int32>
    var mounts: Int
    var groups: Set<String>

    /// - Parameters:
    ///   - parent: The name of the control group parent.
    ///   - directory: The directory whose name a mount of the test would have.
    /// - Returns: What there is now.
    /// - Throws: What reading it throws.
    static func now(parent: String, directory: FilePath) throws -> HostState {
        HostState(
            descriptors: try Shell.entries("/proc/self/fd").count,
            children: try children(),
            mounts: try FileDescriptor.text("/proc/self/mountinfo").split(separator: "\n").count {
                $0.contains(directory.string)
            },
            groups: try groups(parent)
        )
    }

    /// The state once it is as before, or as it stays: a descriptor may live a moment longer on another thread.
    static func settled(as before: HostState, parent: String, directory: FilePath) async throws -> HostState {
        var state = try now(parent: parent, directory: directory)
        for _ in 0..<50 where state != before {
            try await Task.sleep(for: .milliseconds(10))
            state = try now(parent: parent, directory: directory)
        }
        return state
    }

    /// The processes that this one has started, seen through every thread.
    private static func children() throws -> Set<Int32> {
        var children: Set<Int32> = []
        for thread in try Shell.entries("/proc/self/task") {
            guard let text = try? FileDescriptor.text(FilePath("/proc/self/task/\(thread)/children")) else { continue }
            for word in text.split(separator: " ") { Int32(word).map { _ = children.insert($0) } }
        }
        return children
    }

    private static func groups(_ parent: String) throws -> Set<String> {
        var found: Set<String> = []
        for hierarchy in try Shell.entries("/sys/fs/cgroup") {
            let base = "/sys/fs/cgroup/\(hierarchy)/\(parent)"
            for run in (try? Shell.directories(base)) ?? [] {
                for group in (try? Shell.directories("\(base)/\(run)")) ?? [] { found.insert("\(hierarchy)/\(group)") }
            }
        }
        return found
    }

    var description: String {
        "\(descriptors) descriptors, children \(children), \(mounts) mounts, groups \(groups.sorted())"
    }
}
