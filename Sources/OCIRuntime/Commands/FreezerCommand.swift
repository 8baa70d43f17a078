// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit

/// Stops a container's processes where they are, or lets them go on.
enum FreezerCommand {
    static func run(_ arguments: [String], _ context: CommandContext, isPaused: Bool) throws -> Int32 {
        let scanner = try ArgumentScanner(arguments, valued: [])
        let (found, _) = try context.running(try scanner.word(0, "the container's id"), context.runtime())
        if isPaused { try found.pause() } else { try found.resume() }
        return 0
    }
}
