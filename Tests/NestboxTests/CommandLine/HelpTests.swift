// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import FoundationEssentials
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
        let finished = try await Tool().finish("--experimental-dump-help")
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
        ]
    )
    func unknown(words: [String], says: String, help: String) async throws {
        let finished = try await Tool().finish(words)
        #expect(finished.status == 1 && finished.output.isEmpty)
        #expect(finished.error.hasPrefix("nestbox: \(says)"), "\(finished.error)")
        #expect(finished.error.hasSuffix("See '\(help)'.\n"), "\(finished.error)")
    }

    @Test("exec ends with 1 where there is no such container, as Docker's does")
    func missing() async throws {
        #expect(try await Tool().finish("exec", "nobody", "true").status == 1)
        #expect(try await Tool().finish("run", "--pull", "never", "nobody").status == 125)
    }
}
