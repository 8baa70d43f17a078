// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// `crun`, `runc` or our own command line: a program that starts one container from a bundle and ends with it.
struct OCIRuntime {
    let name: String
    let workspace: Workspace
    let programs: Programs
    /// The v1 hierarchies that crun is shown.
    var hierarchies = ControlGroups.shown
    private let program: String

    /// - Parameters:
    ///   - name: The program's name or path.
    ///   - workspace: Where its bundles and its state are.
    ///   - programs: The benchmark's own programs.
    init(name: String, workspace: Workspace, programs: Programs) {
        self.name = FilePath(name).lastComponent?.string ?? name
        self.program = name
        self.workspace = workspace
        self.programs = programs
    }

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

    /// The command line that runs the runtime, where it sees the control groups it needs.
    ///
    /// - Parameters:
    ///   - arguments: What follows the options of the runtime.
    ///   - count: How many times it runs.
    ///   - inFlight: How many run at the same time.
    ///   - staysBehind: Whether something of it goes on, and must not keep this process's error output.
    /// - Returns: The command line, which prints the nanoseconds of each run.
    func spawned(_ arguments: [String], count: Int = 1, inFlight: Int = 1, staysBehind: Bool = false) -> [String] {
        let options = ["--count", String(count), "--in-flight", String(inFlight)] + (staysBehind ? ["--quiet"] : [])
        return spawner + options + ["--"] + command(arguments)
    }

    private func command(_ arguments: [String]) -> [String] {
        [program, "--root", workspace.directory.appending(name).string] + arguments
    }

    /// runc takes a hybrid layout as it is; crun wants to see v1 alone.
    private var spawner: [String] {
        let view = name == "crun" && ControlGroups.areHybrid
        let shown = hierarchies.joined(separator: ",")
        return [programs.spawner.string] + (view ? ["--pure-v1", shown] : [])
    }
}
