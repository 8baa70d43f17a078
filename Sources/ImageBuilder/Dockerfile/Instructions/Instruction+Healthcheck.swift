// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Instruction {
    /// `HEALTHCHECK`: how to see whether the container works.
    public struct Healthcheck: Sendable, Equatable {
        /// `NONE`; or `CMD` with a program and its arguments; or `CMD-SHELL` with a text for the shell.
        public let test: [String]
        /// The time between two checks; nil for the default.
        public let interval: Duration?
        /// The longest a check may take; nil for the default.
        public let timeout: Duration?
        /// How long failures don't count after the start; nil for the default.
        public let startPeriod: Duration?
        /// The time between two checks in the start period; nil for the default.
        public let startInterval: Duration?
        /// How many failures in a row make the container unhealthy; 0 for the default.
        public let retries: Int

        private static let flags: [String: FlagSet.Kind] = [
            "interval": .string, "timeout": .string, "start-period": .string, "start-interval": .string,
            "retries": .string,
        ]

        init(_ line: InstructionLine) throws(ImageBuilderError) {
            guard let kind = line.arguments.first else {
                throw line.error(.invalidArgument, "HEALTHCHECK needs CMD and a command, or NONE")
            }
            let isNone = kind.text.uppercased() == "NONE"
            test = try isNone ? Self.none(line) : Self.command(line)
            // The flags of NONE are not looked at, as in BuildKit.
            let flags = isNone ? nil : try FlagSet(line, accepting: Self.flags)
            interval = try Self.duration("interval", flags, line)
            timeout = try Self.duration("timeout", flags, line)
            startPeriod = try Self.duration("start-period", flags, line)
            startInterval = try Self.duration("start-interval", flags, line)
            retries = try Self.retries(flags, line)
        }

        private static func none(_ line: InstructionLine) throws(ImageBuilderError) -> [String] {
            guard line.arguments.count == 1 else {
                throw line.error(.invalidArgument, "HEALTHCHECK NONE takes no arguments", at: line.arguments[1])
            }
            return ["NONE"]
        }

        private static func command(_ line: InstructionLine) throws(ImageBuilderError) -> [String] {
            guard line.arguments[0].text.uppercased() == "CMD" else {
                throw line.error(
                    .invalidArgument,
                    "HEALTHCHECK knows CMD and NONE, not \(line.arguments[0].text)",
                    at: line.arguments[0]
                )
            }
            let command = line.arguments.dropFirst().map(\.text)
            guard !command.isEmpty else {
                throw line.error(.invalidArgument, "a command must follow HEALTHCHECK CMD", at: line.arguments[0])
            }
            return [line.isJSON ? "CMD" : "CMD-SHELL"] + command
        }

        private static func duration(
            _ name: String,
            _ flags: FlagSet?,
            _ line: InstructionLine
        ) throws(ImageBuilderError) -> Duration? {
            guard let token = flags?.token(name), !token.text.isEmpty else { return nil }
            guard let duration = Duration(literal: token.text) else {
                throw line.error(.invalidFlag, "--\(name) must be a time like 1m30s, not \(token.text)", at: token)
            }
            if duration == .zero { return nil }
            guard duration >= .milliseconds(1) else {
                throw line.error(.invalidFlag, "--\(name) can't be less than 1ms", at: token)
            }
            return duration
        }

        private static func retries(_ flags: FlagSet?, _ line: InstructionLine) throws(ImageBuilderError) -> Int {
            guard let token = flags?.token("retries"), !token.text.isEmpty else { return 0 }
            guard let retries = Int32(token.text), retries >= 0 else {
                throw line.error(.invalidFlag, "--retries must be a number from 0, not \(token.text)", at: token)
            }
            return Int(retries)
        }
    }
}
