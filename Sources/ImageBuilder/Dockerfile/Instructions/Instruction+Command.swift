// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Instruction {
    /// A command of `RUN`, `CMD` or `ENTRYPOINT`.
    public struct Command: Sendable, Equatable {
        /// A here-document that follows the command.
        public struct InlineFile: Sendable, Equatable {
            /// The word that ends it.
            public let name: String
            /// The lines between, as they are in the file.
            public let content: String
            /// Whether leading tabs are to be taken off: `<<-`.
            public let chomps: Bool
        }

        /// The program and its arguments; in shell form, one text for the shell.
        public let arguments: [String]
        /// Whether a shell runs it; otherwise it is run as it is.
        public let isShellForm: Bool
        /// The here-documents, in their order.
        public let files: [InlineFile]

        init(_ line: InstructionLine, accepting flags: [String: FlagSet.Kind]) throws(ImageBuilderError) {
            _ = try FlagSet(line, accepting: flags)
            self.init(line)
        }

        init(_ line: InstructionLine) {
            arguments = line.arguments.map(\.text)
            isShellForm = !line.isJSON
            files = line.heredocs.map { InlineFile(name: $0.name, content: $0.content, chomps: $0.chomps) }
        }
    }
}
