// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Instruction {
    /// A name and its value, of `ENV` or `LABEL`.
    public struct Pair: Sendable, Equatable {
        /// The name.
        public var name: String
        /// The value.
        public var value: String
        /// Whether it is written the old way, with a space in place of `=`.
        public let isLegacy: Bool

        static func pairs(of line: InstructionLine) throws(ImageBuilderError) -> [Pair] {
            let arguments = try line.checkedArguments()
            var pairs: [Pair] = []
            for index in stride(from: 0, to: arguments.count - 2, by: 3) {
                guard !arguments[index].isEmpty else {
                    throw line.error(
                        .invalidArgument,
                        "a name of \(line.name) can't be empty",
                        at: line.arguments[index]
                    )
                }
                pairs.append(
                    Pair(
                        name: arguments[index],
                        value: arguments[index + 1],
                        isLegacy: arguments[index + 2].isEmpty
                    )
                )
            }
            return pairs
        }
    }
}
