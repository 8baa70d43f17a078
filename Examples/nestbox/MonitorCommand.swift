// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Glibc
import Nestbox
import SystemPackage

/// What stays behind for a detached container, program or service.
///
/// It is started by `run -d`, `exec -d` and `service create`, never by hand.
struct MonitorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "monitor", shouldDisplay: false)

    @OptionGroup var engine: EngineOptions

    func run() async throws {
        guard isatty(0) == 0 else { throw ValidationError("a monitor is started by 'run -d' and 'service create'") }
        try await NestboxMonitor.main(root: engine.path)
    }

    /// This program, as a monitor.
    static func program(root: FilePath) -> MonitorProgram {
        MonitorProgram(path: "/proc/self/exe", arguments: ["nestbox", "monitor", "--root", root.string])
    }
}
