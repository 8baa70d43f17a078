// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit

/// Sends a signal.
enum KillCommand {
    static func run(_ arguments: [String], _ context: CommandContext) throws -> Int32 {
        let scanner = try ArgumentScanner(
            arguments,
            valued: ["--regex"],
            plain: ["--all"],
            aliases: ["-a": "--all", "-r": "--regex"]
        )
        let identifier = try scanner.word(0, "the container's id")
        let text = scanner.words.count > 1 ? scanner.words[1] : "SIGTERM"
        guard let signal = Signal(text) else { throw OCIError("signal '\(text)' is unknown") }
        let state = try context.folder(identifier).read()
        guard let found = try? ContainerControl(state.reference) else {
            throw OCIError("container '\(identifier)' is not running")
        }
        if scanner.isSet("--all") || (signal == .kill && (try? found.isPaused()) == true) {
            if signal == .kill {
                try found.kill()
            } else {
                for process in try found.processes() { found.send(signal, to: process) }
            }
        } else {
            try found.send(signal)
        }
        return 0
    }
}
