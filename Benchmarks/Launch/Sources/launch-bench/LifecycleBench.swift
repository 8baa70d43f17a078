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
    var count = 60

    @Option(help: "How many containers are alive at once in the largest crowd.")
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
            try await measureCommands(workspace)
            try await Crowds(workspace: workspace).measure(upTo: crowd)
        }
    }

    private func measureCommands(_ workspace: Workspace) async throws {
        let programs = try Programs()
        var rows: [LifecycleRow] = [try await InProcess(workspace: workspace).measure(count: count)]
        var runtimes: [String] = []
        for name in ["crun", "runc"] where await Command.exists(name) { runtimes.append(name) }
        if let nestboxOci { runtimes.append(nestboxOci) }
        for name in runtimes {
            try Interruption.check()
            let runtime = OCIRuntime(name: name, workspace: workspace, programs: programs)
            let share = runtime.name == "runc" ? max(1, count / 3) : count
            rows.append(try await ByCommand(runtime: runtime, workspace: workspace).measure(count: share))
        }
        print(LifecycleRow.table(rows))
    }
}
