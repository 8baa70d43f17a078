// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageBuilder
import Testing

@Suite("Variable expansion, against BuildKit's answers")
struct VariableCorpusTests {
    private struct Case: Decodable {
        var input: String
        var escape: String
        var env: [String: String]
        var rawQuotes: Bool
        var rawEscapes: Bool
        var skipUnsetEnv: Bool
        var skipProcessQuotes: Bool
        var result: String?
        var words: [String]?
        var error: String?
    }

    @Test("every word expands to what BuildKit expands it to", .corpus("dockerfile-variables.jsonl"))
    func agrees() throws {
        let cases = try Corpus.cases(Case.self, in: "dockerfile-variables.jsonl")
        #expect(cases.count >= 1966)
        var differences = Differences()
        for test in cases {
            var expander = VariableExpander(escape: try #require(test.escape.unicodeScalars.first))
            expander.keepsQuotes = test.rawQuotes
            expander.keepsEscapes = test.rawEscapes
            expander.keepsUnset = test.skipUnsetEnv
            expander.ignoresQuotes = test.skipProcessQuotes
            let environment = Environment(test.env.map { "\($0)=\($1)" })
            do throws(ExpansionFailure) {
                let expansion = try expander.expand(test.input, in: environment)
                differences.expect(expansion.text, test.result, test.input)
                differences.expect(expansion.words, test.words ?? [], "words of \(test.input)")
            } catch {
                if test.error == nil { differences.note("\(test.input): failed: \(error.message)") }
            }
        }
        #expect(differences.found.isEmpty, differences.summary)
    }
}
