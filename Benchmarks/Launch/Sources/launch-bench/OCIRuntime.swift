// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// `crun` or `runc`: a program that starts one container from a bundle and ends with it.
struct OCIRuntime {
    let name: String
    let workspace: Workspace
    let programs: Programs

    /// The contender that runs one of as many bundles as are in flight.
    func contender(inFlight: Int, share: Int) throws -> Contender {
        for slot in 0..<inFlight { try workspace.makeBundle("bench-\(name)-\(slot)") }
        let bundle = workspace.directory.appending("bundles/bench-\(name)-{slot}")
        return Contender(
            name: name,
            program: spawner,
            launched: command(["run", "--bundle", bundle.string, "bench-\(name)-{slot}"]),
            share: share,
            baseline: "floor"
        )
    }

    /// The command line that runs the runtime once, where it sees the control groups it needs.
    func spawned(_ arguments: [String]) -> [String] {
        spawner + ["--"] + command(arguments)
    }

    private func command(_ arguments: [String]) -> [String] {
        [name, "--root", workspace.directory.appending(name).string] + arguments
    }

    /// runc takes a hybrid layout as it is; crun wants to see v1 alone.
    private var spawner: [String] {
        let view = name == "crun" && ControlGroups.areHybrid
        let shown = ControlGroups.shown.joined(separator: ",")
        return [programs.spawner.string] + (view ? ["--pure-v1", shown] : [])
    }
}
