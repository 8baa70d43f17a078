// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Instruction {
    /// `ARG`: variables that a build may set.
    public struct Arg: Sendable, Equatable {
        /// One variable.
        public struct Variable: Sendable, Equatable {
            /// The name.
            public var name: String
            /// The default, nil where none is given.
            public var value: String?
            /// What the comment before the instruction says of it.
            public let documentation: String?
        }

        /// The variables, in their order.
        public var variables: [Variable]

        /// Flags are not looked at, as in BuildKit.
        init(_ line: InstructionLine) throws(ImageBuilderError) {
            guard !line.arguments.isEmpty else {
                throw line.error(.invalidArgument, "ARG needs at least one argument")
            }
            variables = []
            for argument in line.arguments {
                let (name, value) =
                    argument.text.cut(at: "=").map { ($0.before, Optional($0.after)) }
                    ?? (argument.text, nil)
                if value != nil, name.isEmpty {
                    throw line.error(.invalidArgument, "a name of ARG can't be empty", at: argument)
                }
                variables.append(Variable(name: name, value: value, documentation: line.documentation(of: name)))
            }
        }
    }
}
