// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// An OCI runtime, a process for everything that is done.
struct ByCommand {
    let runtime: OCIRuntime
    let workspace: Workspace

    func measure(count: Int) async throws -> LifecycleRow {
        let identifier = "bench-lifecycle-\(runtime.name)"
        let bundle = try workspace.makeBundle(identifier, program: "/bin/wait")
        let run = ["run", "--detach", "--bundle", bundle.string, identifier]
        try await Command(runtime.spawned(run, staysBehind: true)).output()
        var row = LifecycleRow(name: runtime.name)
        do {
            row.exec.append(contentsOf: try await time(["exec", identifier, "/bin/true"], count: count))
            for _ in 0..<count {
                row.pause.append(contentsOf: try await time(["pause", identifier]))
                row.resume.append(contentsOf: try await time(["resume", identifier]))
            }
        } catch {
            _ = try? await Command(runtime.spawned(["delete", "--force", identifier])).output()
            throw error
        }
        _ = try await Command(runtime.spawned(["delete", "--force", identifier])).output()
        return row
    }

    /// The time of the command alone, from its start to its exit.
    private func time(_ arguments: [String], count: Int = 1) async throws -> [UInt64] {
        try await Command(runtime.spawned(arguments, count: count)).output().split(separator: "\n").compactMap {
            UInt64($0)
        }
    }
}
