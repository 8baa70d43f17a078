// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a command's words become: the shell put before them, here-documents given to it.
struct CommandWords: Sendable {
    /// The program and its arguments.
    let arguments: [String]
    /// A file that the command finds: its name below ``directory``, and its content.
    let file: (name: String, content: String)?

    /// Where a here-document is that is a program of its own.
    static let directory = "/dev/pipes"

    /// The command of a `RUN`.
    init(_ run: Instruction.Run, shell: [String]) {
        let command = run.command
        var words = command.arguments
        var file: (name: String, content: String)?
        if let first = command.files.first, let text = words.first, command.isShellForm {
            if (try? Heredoc(word: text)) != nil {
                // The here-document is all there is: the command itself, or a program if it begins with `#!`.
                let content = first.chomps ? Heredoc.chomped(first.content) : first.content
                if content.hasPrefix("#!") {
                    file = (first.name, content)
                    words = ["\(Self.directory)/\(first.name)"]
                } else {
                    words = [content]
                }
            } else {
                // The shell knows here-documents, too.
                words = [command.files.reduce(text) { $0 + "\n" + $1.content + $1.name }]
            }
        }
        self.file = file
        arguments = command.isShellForm ? Self.inShell(words, shell) : words
    }

    /// The words of `CMD` or `ENTRYPOINT`.
    static func arguments(of command: Instruction.Command, shell: [String]) -> [String] {
        command.isShellForm ? inShell(command.arguments, shell) : command.arguments
    }

    private static func inShell(_ words: [String], _ shell: [String]) -> [String] {
        (shell.isEmpty ? ["/bin/sh", "-c"] : shell) + [words.joined(separator: " ")]
    }
}
