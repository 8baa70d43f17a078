// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit

/// Lists the containers under a root.
enum ListCommand {
    static func run(_ arguments: [String], _ context: CommandContext) throws -> Int32 {
        let scanner = try ArgumentScanner(
            arguments,
            valued: ["--format"],
            plain: ["--quiet"],
            aliases: ["-f": "--format", "-q": "--quiet"]
        )
        // One may be deleted while the others are listed.
        let states = ContainerFolder.all(in: context.root).compactMap { try? $0.read() }
        if scanner.isSet("--quiet") {
            for state in states { CommandContext.print(state.reference.identifier) }
        } else if scanner["--format"] == "json" {
            let documents = states.map { $0.document(status: $0.status) }
            CommandContext.print(documents.isEmpty ? "null" : JSONValue.array(documents).description)
        } else {
            CommandContext.print("ID\tPID\tSTATUS\tBUNDLE\tCREATED\tOWNER")
            for state in states {
                let status = state.status
                let pid = status == "stopped" ? 0 : state.reference.processIdentifier
                CommandContext.print(
                    "\(state.reference.identifier)\t\(pid)\t\(status)\t\(state.bundle)\t\(state.created)\troot"
                )
            }
        }
        return 0
    }
}
