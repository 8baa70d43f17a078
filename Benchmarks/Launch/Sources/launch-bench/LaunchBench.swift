// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Glibc
import SystemPackage

/// Measures how long a container takes from nothing to gone: ContainerKit, crun, runc and a bare C program, in one run.
struct LaunchBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "launch",
        abstract: "Measures how long a container that runs 'true' takes from nothing to gone."
    )

    @Option(help: "Our own OCI command line, as a further row.")
    var nestboxOci: String?

    @Option(help: "How many turns each contender has.")
    var rounds = 10

    @Option(help: "How many launches a turn has; crun has a fifth of them, runc a tenth.")
    var launches = 100

    @Option(help: "How many launches the second table has in flight.")
    var inFlight = 8

    @Option(help: "How much memory the large parent holds, in GiB.")
    var residentGib = 4

    @Option(help: "Where the root filesystem and the bundles are made.")
    var directory = "/tmp"

    mutating func validate() throws {
        guard rounds > 0, launches > 0, inFlight > 0, residentGib > 0 else {
            throw ValidationError("Counts are at least 1.")
        }
        guard getuid() == 0 else { throw ValidationError("The contenders need root.") }
        guard ControlGroups.haveLimits else {
            throw ValidationError("The floor needs the memory, cpu and pids hierarchies of cgroup v1.")
        }
    }

    func run() async throws {
        Interruption.watch()
        let groups = ControlGroups()
        defer { groups.removeLeftovers() }
        try await Workspace.with(in: FilePath(directory)) { try await measure(in: $0) }
    }

    private func measure(in workspace: Workspace) async throws {
        let programs = try Programs()
        let filter = Filter(workspace: workspace, programs: programs)
        var runtimes: [String] = []
        for name in ["crun", "runc"] {
            if await Command.exists(name) { runtimes.append(name) } else { note("\(name) is not installed.") }
        }
        if let nestboxOci { runtimes.append(nestboxOci) }
        let catalog = Catalog(
            workspace: workspace,
            programs: programs,
            filter: try await filter.ofContainerKit(),
            crunFilter: runtimes.contains("crun") ? try await filter.ofCrun() : nil,
            runtimes: runtimes,
            residentGiB: residentGib
        )
        try await report(catalog.sequential(), countingCallsIn: workspace)
        try await report(catalog.together(inFlight: inFlight), countingCallsIn: nil)
        print(Remarks.text(hybrid: ControlGroups.areHybrid))
    }

    private func report(_ scenario: Scenario, countingCallsIn workspace: Workspace?) async throws {
        var calls: [String: Int] = [:]
        if let workspace {
            for contender in scenario.contenders {
                try Interruption.check()
                note("counting system calls: \(contender.name)")
                calls[contender.name] = try await SystemCalls(workspace: workspace).count(of: contender)
            }
        }
        let samples = try await scenario.measure(rounds: rounds, launches: launches, progress: note)
        note("")
        print(ResultTable(scenario: scenario, samples: samples, systemCalls: calls).text)
    }

    /// Overwrites the line that says what is going on; nothing is written where nobody watches.
    private func note(_ text: String) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        let line = "\r\u{1B}[K\(text)"
        _ = write(STDERR_FILENO, line, line.utf8.count)
    }
}
