// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ContainerKit
import Glibc
import SystemPackage

/// Measures what happens to a container that runs: further programs, pauses, and many containers at once.
struct LifecycleBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lifecycle",
        abstract: "Measures exec, pause and resume beside crun and runc, and up to 1,000 containers alive at once."
    )

    @Option(help: "How many times each thing is done; runc does a third of it.")
    var count = 100

    @Option(help: "How many containers are alive at once in the largest crowd; 0 for no crowds.")
    var crowd = 1000

    @Option(help: "Our own OCI command line, as a further row.")
    var nestboxOci: String?

    @Option(help: "Where the root filesystem and the bundles are made.")
    var directory = "/tmp"

    func run() async throws {
        Interruption.watch()
        let groups = ControlGroups()
        defer { groups.removeLeftovers() }
        try await Workspace.with(in: FilePath(directory)) { workspace in
            let runtimes = try await runtimes(workspace)
            if count > 0 { try await measureCommands(workspace, runtimes) }
            if crowd > 0 { try await measureCrowds(workspace, runtimes) }
        }
    }

    private func runtimes(_ workspace: Workspace) async throws -> [OCIRuntime] {
        let programs = try Programs()
        var names: [String] = []
        if let nestboxOci { names.append(nestboxOci) }
        for name in ["crun", "runc"] where await Command.exists(name) { names.append(name) }
        return names.map { name in
            var runtime = OCIRuntime(name: name, workspace: workspace, programs: programs)
            // Without it crun neither pauses nor executes anything.
            runtime.hierarchies.append("freezer")
            return runtime
        }
    }

    private func measureCommands(_ workspace: Workspace, _ runtimes: [OCIRuntime]) async throws {
        var rows: [LifecycleRow] = [try await InProcess(workspace: workspace).measure(count: count)]
        for runtime in runtimes {
            try Interruption.check()
            let share = runtime.name == "runc" ? max(1, count / 3) : count
            rows.append(try await ByCommand(runtime: runtime, workspace: workspace).measure(count: share))
        }
        print(LifecycleRow.table(rows))
    }

    private func measureCrowds(_ workspace: Workspace, _ runtimes: [OCIRuntime]) async throws {
        let crowds = Crowds(workspace: workspace)
        // What the first containers of a process bring with them belongs to none of them.
        _ = try await crowds.measureInProcess(8)
        var rows: [CrowdRow] = []
        var size = 1
        while size <= crowd {
            try Interruption.check()
            rows.append(try await crowds.measureInProcess(size))
            size *= 10
        }
        for runtime in runtimes {
            try Interruption.check()
            rows.append(try await crowds.measure(crowd, by: runtime))
        }
        print(CrowdRow.table(rows))
    }
}
