// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A build stage: `FROM`, and the instructions up to the next.
public struct Stage: Sendable {
    /// The stage's name in small letters, nil where it has none.
    public let name: String?
    /// The image or stage it begins with, variables not yet expanded.
    public let base: String
    /// The platform of the base, variables not yet expanded; nil where not said.
    public let platform: String?
    /// What the comment before the stage says of it.
    public let documentation: String?
    /// `FROM` as it is written.
    public let keyword: String
    /// The text of `FROM …`, continuation lines joined.
    public let text: String
    /// Where `FROM` stands.
    public let location: SourceLocation
    /// The comments right before it, without `#`.
    public let comments: [String]
    /// The instructions, in their order.
    public internal(set) var instructions: [Instruction] = []

    package let line: LogicalLine
}

extension Stage {
    init(_ line: InstructionLine) throws(ImageBuilderError) {
        name = try Self.name(line)
        platform = try FlagSet(line, accepting: ["platform": .string]).string("platform")
        base = line.arguments[0].text
        documentation = line.documentation(of: name ?? "")
        keyword = line.keyword.text
        text = line.original.trimmed()
        location = line.line.location
        comments = line.comments
        self.line = line.line
    }

    private static func name(_ line: InstructionLine) throws(ImageBuilderError) -> String? {
        let arguments = line.arguments
        if arguments.count == 1 { return nil }
        guard arguments.count == 3, arguments[1].text.lowercased() == "as" else {
            throw line.error(
                .invalidArgument,
                "FROM takes an image, and after it AS and a name for the stage",
                at: arguments.count > 1 ? arguments[1] : nil
            )
        }
        let name = arguments[2].text.lowercased()
        guard isValid(name) else {
            throw line.error(
                .invalidArgument,
                "\(arguments[2].text.inQuotes) can't be a stage's name: it must begin with a letter and hold nothing but"
                    + " letters, digits, -, _ and .",
                at: arguments[2]
            )
        }
        return name
    }

    private static func isValid(_ name: String) -> Bool {
        guard name.unicodeScalars.first?.isASCIILetter == true else { return false }
        return name.unicodeScalars.allSatisfy {
            $0.isASCIILetter || $0.isASCIIDigit || $0 == "-" || $0 == "_" || $0 == "."
        }
    }
}
