// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit

/// Stops a container's processes where they are, or lets them go on.
enum FreezerCommand {
    static func run(_ arguments: [String], _ context: CommandContext, isPaused: Bool) throws -> Int32 {
        let scanner = try ArgumentScanner(arguments, valued: [])
        let (control, _) = try context.control(try scanner.word(0, "the container's id"))
        try control.setPaused(isPaused)
        return 0
    }
}
