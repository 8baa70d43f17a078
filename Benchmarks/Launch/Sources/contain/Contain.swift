// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ContainerKit
import SystemPackage

/// Launches containers through ContainerKit, in this process, and prints the nanoseconds of each, a line for one.
@main
struct Contain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "contain")

    @Option(help: "The root filesystem.")
    var root: String

    @Option(help: "How many containers to launch.")
    var count = 1

    @Option(help: "How many to launch at the same time.")
    var inFlight = 1

    @Option(help: "How much memory to hold, in GiB.")
    var residentGib = 0

    @Option(help: "Put an overlay on the root, with its upper directories here.")
    var overlay: String?

    @Flag(help: "Run one container that waits until the standard input ends, and print its process's number.")
    var hold = false

    func run() async throws {
        try Ballast.hold(gibibytes: residentGib)
        let runtime = try ContainerRuntime()
        let launches = Launches(root: FilePath(root), uppers: overlay.map { FilePath($0) })
        if hold {
            try await launches.hold(by: runtime) { container in
                print(container.processIdentifier)
                flushOutput()
                while readLine() != nil {}
            }
        } else {
            try await launches.warmUp(runtime)
            for time in try await times(launches, by: runtime) { print(Int64(time / .nanoseconds(1))) }
        }
        try await runtime.close()
    }

    private func times(_ launches: Launches, by runtime: ContainerRuntime) async throws -> [Duration] {
        try await withThrowingTaskGroup(of: [Duration].self) { group in
            for slot in 0..<inFlight {
                let share = count / inFlight + (slot < count % inFlight ? 1 : 0)
                group.addTask { try await launches.time(share, slot: slot, by: runtime) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}
