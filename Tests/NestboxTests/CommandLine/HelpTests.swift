// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import FoundationEssentials
import SystemPackage
import Testing

@Suite("What the command-line tool says of itself", .runsTool)
struct HelpTests {
    private struct Dump: Decodable {
        var command: Command
    }

    private struct Command: Decodable {
        var commandName: String
        var abstract: String?
        var discussion: String?
        var shouldDisplay: Bool
        var subcommands: [Command]?
        var arguments: [Argument]?

        /// Each verb that is listed, with the words that lead to it.
        func verbs(after words: [String] = []) -> [(words: [String], command: Command)] {
            let own = words + [commandName]
            return [(own, self)] + (subcommands ?? []).filter(\.shouldDisplay).flatMap { $0.verbs(after: own) }
        }
    }

    private struct Argument: Decodable {
        var valueName: String?
        var abstract: String?
        var shouldDisplay: Bool
    }

    @Test("every verb says what it does, shows an example of itself, and explains each flag")
    func help() async throws {
        // Built for debugging it also checks how each verb's flags and arguments are declared.
        let tool = try #require(Machine.toolBesideTests)
        let finished = try Shell.run([tool.string, "--experimental-dump-help"], environment: [])
        #expect(finished.status == 0, "\(finished.error)")
        let verbs = try JSONDecoder().decode(Dump.self, from: Data(finished.output.utf8)).command.verbs()
            .filter { $0.command.commandName != "help" }
        #expect(verbs.count > 70)
        for verb in verbs {
            let words = verb.words.joined(separator: " ")
            #expect(verb.command.abstract?.hasSuffix(".") == true, "\(words) has no sentence")
            #expect(verb.command.discussion?.contains("\n  nestbox ") == true, "\(words) has no example")
            for argument in (verb.command.arguments ?? []).filter(\.shouldDisplay) {
                #expect(argument.abstract?.isEmpty == false, "\(words) does not explain \(argument.valueName ?? "?")")
            }
        }
    }

    @Test(
        "a word that is no verb is named, with the one that it resembles and where all of them are",
        arguments: [
            (["rnu", "ghost"], "'rnu' is no command of nestbox; did you mean 'nestbox run'?", "nestbox --help"),
            (["psx"], "'psx' is no command of nestbox; did you mean 'nestbox ps'?", "nestbox --help"),
            // Two slips are one too many for a short word, and three for a long one.
            (["swarm"], "'swarm' is no command of nestbox\n", "nestbox --help"),
            (["sxaxt"], "'sxaxt' is no command of nestbox\n", "nestbox --help"),
            (["inxpecx"], "'inxpecx' is no command of nestbox; did you mean 'nestbox inspect'?", "nestbox --help"),
            (["inxpxcx"], "'inxpxcx' is no command of nestbox\n", "nestbox --help"),
            (["orchestrate"], "'orchestrate' is no command of nestbox\n", "nestbox --help"),
            (
                ["service", "crate"],
                "'crate' is no command of nestbox service; did you mean 'nestbox service create'?",
                "nestbox service --help"
            ),
            (["help", "rnu"], "'rnu' is no command of nestbox; did you mean 'nestbox run'?", "nestbox --help"),
            (["help", "volume", "nosuch"], "'nosuch' is no command of nestbox volume\n", "nestbox volume --help"),
        ]
    )
    func unknown(words: [String], says: String, help: String) async throws {
        let finished = try await Tool().finish(words)
        #expect(finished.status == 1 && finished.output.isEmpty)
        #expect(finished.error.hasPrefix("nestbox: \(says)"), "\(finished.error)")
        #expect(finished.error.hasSuffix("See '\(help)'.\n"), "\(finished.error)")
    }

    @Test(
        "a flag that is not understood ends every verb with 125, a wrong number of arguments with 1, as Docker's do",
        arguments: [
            ("ps --nosuch", 125, "Unknown option '--nosuch'"), ("run --nosuch box", 125, "Unknown option '--nosuch'"),
            ("exec --nosuch web true", 125, "Unknown option '--nosuch'"),
            ("--nosuch", 125, "Unknown option '--nosuch'"),
            ("volume ls -x", 125, "Unknown option '-x'"), ("service ps --nosuch web", 125, "Unknown option"),
            ("logs --tail", 125, "Missing value for '--tail"), ("create --name", 125, "Missing value for '--name"),
            ("run --cpus many box", 125, "'many' is invalid for '--cpus"),
            ("stop -t soon web", 125, "'soon' is invalid"),
            ("ps --all=yes", 125, "does not take any value"),
            ("ps --format yaml", 125, "'yaml' is invalid for '--format"),
            ("run", 1, "Missing expected argument '<image>'"), ("create", 1, "Missing expected argument '<image>'"),
            ("exec web", 1, "Missing expected argument '<command>"), ("stop", 1, "Missing expected argument"),
            ("volume create one two", 1, "Unexpected argument 'two'"), ("ps one two", 1, "2 unexpected arguments"),
            ("run --rm --restart always box", 125, "exclude each other"), ("nosuch --flag", 1, "no command of nestbox"),
        ] as [(String, Int32, String)]
    )
    func misunderstood(line: String, status: Int32, says: String) async throws {
        let finished = try await Tool().finish(line.split(separator: " ").map(String.init))
        #expect(finished.status == status && finished.output.isEmpty, "\(finished.status)")
        #expect(finished.error.hasPrefix("nestbox: "), "\(finished.error)")
        #expect(finished.error.contains(says), "\(finished.error)")
    }

    @Test(
        "help that is asked for is no error",
        arguments: ["", "--help", "help run", "ps --help", "volume", "--version"]
    )
    func asked(line: String) async throws {
        let finished = try await Tool().finish(line.split(separator: " ").map(String.init))
        #expect(finished.status == 0 && finished.error.isEmpty && !finished.output.isEmpty)
    }

    @Test("exec ends with 1 where there is no such container, as Docker's does")
    func missing() async throws {
        #expect(try await Tool().finish("exec", "nobody", "true").status == 1)
        #expect(try await Tool().finish("run", "--pull", "never", "nobody").status == 125)
    }
}
