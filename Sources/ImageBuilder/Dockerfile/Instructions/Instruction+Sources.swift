// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Instruction {
    /// What `ADD` and `COPY` copy, and where to.
    public struct Sources: Sendable, Equatable {
        /// A file whose content is a here-document.
        public struct InlineFile: Sendable, Equatable {
            /// The file's name: the word that ends the here-document.
            public let name: String
            /// The file's content, leading tabs taken off if asked for.
            public var content: String
            /// Whether variables are expanded in it.
            public let expands: Bool
        }

        /// Paths, wildcard patterns and, for `ADD`, addresses.
        public var paths: [String]
        /// Files given in place.
        public var files: [InlineFile]
        /// The path to copy to.
        public var destination: String

        init(_ line: InstructionLine) throws(ImageBuilderError) {
            guard line.arguments.count >= 2, let last = line.arguments.last else {
                throw line.error(.invalidArgument, "\(line.name) needs at least one source and a destination")
            }
            // A word whose quotes don't match is no here-document: it is a path, and fails as one.
            if (try? Heredoc(word: last.text)) != nil {
                throw line.error(.invalidArgument, "\(line.name) can't copy to a here-document", at: last)
            }
            destination = last.text
            paths = []
            files = []
            for source in line.arguments.dropLast() {
                guard let document = try? Heredoc(word: source.text) else {
                    paths.append(source.text)
                    continue
                }
                let content = line.heredocs.last { $0.name == document.name }?.content ?? ""
                files.append(
                    InlineFile(
                        name: document.name,
                        content: document.chomps ? Heredoc.chomped(content) : content,
                        expands: document.expands
                    )
                )
            }
        }
    }
}
