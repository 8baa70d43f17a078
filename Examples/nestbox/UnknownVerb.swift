// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser

/// A word that stands where a verb belongs and is none.
struct UnknownVerb {
    let word: String
    /// The words before it: `nestbox`, or `nestbox volume`.
    let command: String
    /// The verb that it resembles most, if it does.
    let nearest: String?

    /// Finds the word in a command line; `nil` if all verbs are verbs.
    static func find(in arguments: [String]) -> UnknownVerb? {
        var verbs = NestboxCommand.configuration.subcommands
        var words = ["nestbox"]
        for argument in arguments {
            guard !verbs.isEmpty, !argument.hasPrefix("-"), argument != "help" else { return nil }
            guard let verb = verbs.first(where: { names(of: $0).contains(argument) }) else {
                let nearest = nearest(to: argument, among: verbs.map { names(of: $0)[0] })
                return UnknownVerb(word: argument, command: words.joined(separator: " "), nearest: nearest)
            }
            verbs = verb.configuration.subcommands
            words.append(argument)
        }
        return nil
    }

    /// Finds a word that `help` knows nothing of; `nil` if it was not asked, or knows.
    static func findTopic(in arguments: [String]) -> UnknownVerb? {
        arguments.first == "help" ? find(in: Array(arguments.dropFirst())) : nil
    }

    var message: String {
        let hint = nearest.map { "; did you mean '\(command) \($0)'?" } ?? ""
        return "'\(word)' is no command of \(command)\(hint)\nSee '\(command) --help'."
    }

    /// A verb's name and its others.
    private static func names<Verb: ParsableCommand>(of verb: Verb.Type) -> [String] {
        [verb._commandName] + verb.configuration.aliases
    }

    /// A word that two slips of the fingers away is still meant, one for short words.
    private static func nearest(to word: String, among verbs: [String]) -> String? {
        let distances = verbs.map { (verb: $0, slips: slips(from: Array(word), to: Array($0))) }
        guard let best = distances.min(by: { $0.slips < $1.slips }) else { return nil }
        return best.slips <= (word.count < 6 ? 1 : 2) ? best.verb : nil
    }

    /// Letters added, left out, changed, or swapped with their neighbours (optimal string alignment).
    private static func slips(from a: [Character], to b: [Character]) -> Int {
        var rows = [Array(0...b.count)]
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var least = min(rows[i][j] + (a[i] == b[j] ? 0 : 1), rows[i][j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, rows[i - 1][j - 1] + 1) }
                row.append(least)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
