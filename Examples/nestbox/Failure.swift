// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Glibc
import ImageStore
import Nestbox
import SystemPackage

/// How errors are told and what exit code they give.
enum Failure {
    /// Docker's code for an error of the engine itself, where a container was to be run, and for a wrong flag of any
    /// verb.
    static let engine: Int32 = 125

    /// Prints the error and ends the process.
    static func end(_ error: any Error) -> Never {
        let code = NestboxCommand.exitCode(for: error)
        if code.isSuccess, let unknown = UnknownVerb.findTopic(in: Array(CommandLine.arguments.dropFirst())) {
            report(unknown.message)
            exit(1)
        }
        if error is ExitCode || code.isSuccess { NestboxCommand.exit(withError: error) }
        switch error {
        case let error as NestboxError:
            report(error.description)
            exit(Self.code(of: error))
        case let error as ImageStoreError:
            report(text(error))
            exit(Self.refusal)
        case let error as ValidationError:
            // Of one that a verb found as it ran the parser knows no usage.
            report(error.message)
            exit(Self.refusal)
        default:
            if let unknown = UnknownVerb.find(in: Array(CommandLine.arguments.dropFirst())) {
                report(unknown.message)
                exit(1)
            }
            report(NestboxCommand.fullMessage(for: error).trimmingPrefix("Error: ").description)
            exit(Self.code(of: ParserFault(error)))
        }
    }

    /// Writes `nestbox: …` to standard error.
    static func report(_ message: String) {
        _ = try? FileDescriptor.standardError.writeAll("nestbox: \(message)\n".utf8)
    }

    /// An error for people, with what to do where the engine itself had no say in it.
    static func text(_ error: any Error) -> String {
        guard let error = error as? ImageStoreError, error.code == .imageNotFound else { return "\(error)" }
        return "\(error.message); 'nestbox images' lists those that there are"
    }

    private static func code(of error: NestboxError) -> Int32 {
        guard runsContainer else { return 1 }
        return switch error.code {
        case .notExecutable: 126
        case .executableNotFound: 127
        default: refusal
        }
    }

    private static func code(of fault: ParserFault?) -> Int32 {
        switch fault {
        case .flag: engine
        case .argument: 1
        case .refusal, nil: refusal
        }
    }

    /// What an error of the engine's own ends with: where a container is there already, as with Docker, with 1.
    private static var refusal: Int32 { ["run", "create"].contains(verb) ? engine : 1 }

    /// The verb, also where it stands behind `container`.
    private static var verb: String? {
        let words = CommandLine.arguments.dropFirst().filter { !$0.hasPrefix("-") }
        return words.first == "container" ? words.dropFirst().first : words.first
    }

    private static var runsContainer: Bool {
        ["run", "create", "start", "exec"].contains(verb)
    }
}
