// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser

/// The benchmarks of containers, beside crun and runc.
@main
struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "launch-bench",
        abstract: "Measures containers beside crun, runc and a floor in C.",
        subcommands: [LaunchBench.self, LifecycleBench.self],
        defaultSubcommand: LaunchBench.self
    )
}
