// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit

/// Lists a container's processes.
enum ProcessesCommand {
    static func run(_ arguments: [String], _ context: CommandContext) throws -> Int32 {
        let scanner = try ArgumentScanner(
            arguments,
            valued: ["--format"],
            aliases: ["-f": "--format"],
            stopsAtWord: true
        )
        let (control, _) = try context.control(try scanner.word(0, "the container's id"))
        let processes = try control.processes()
        if scanner["--format"] == "json" {
            CommandContext.print(JSONValue.array(processes.map { .integer($0.identifier) }).description)
            return 0
        }
        CommandContext.print("UID\tPID\tPPID\tS\tTIME\tCMD")
        for process in processes {
            let command = process.arguments.isEmpty ? "[\(process.name)]" : process.arguments.joined(separator: " ")
            let time = process.processorTime.components.seconds
            CommandContext.print(
                "\(process.user)\t\(process.identifier)\t\(process.parent)\t\(process.state)\t\(time)\t\(command)"
            )
        }
        return 0
    }
}
