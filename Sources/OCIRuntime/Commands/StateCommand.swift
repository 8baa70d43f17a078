// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Tells a container's state.
enum StateCommand {
    static func run(_ arguments: [String], _ context: CommandContext) throws -> Int32 {
        let scanner = try ArgumentScanner(arguments, valued: [])
        let state = try context.folder(try scanner.word(0, "the container's id")).read()
        CommandContext.print(state.document(status: state.status).lines())
        return 0
    }
}
