// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What the parser found wrong with a command line.
enum ParserFault {
    /// A flag that there is not, one without its value, or with a value that can't be read.
    case flag
    /// An argument that is missing, or one too many.
    case argument
    /// What was given does not go together, as the verb itself has found.
    case refusal

    /// The parser's fault in an error; `nil` if it is none of the parser's.
    ///
    /// The parser tells people what it is, and nobody else: only a mirror shows the kind.
    init?(_ error: any Error) {
        guard let fault = Mirror(reflecting: error).descendant("parserError") else { return nil }
        self =
            switch Mirror(reflecting: fault).children.first?.label ?? "\(fault)" {
            case "userValidationError": .refusal
            case "noValue", "unexpectedExtraValues", "missingSubcommand", "noArguments": .argument
            default: .flag
            }
    }
}
