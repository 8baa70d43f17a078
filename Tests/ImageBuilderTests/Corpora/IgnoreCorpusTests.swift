// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageBuilder
import Testing

@Suite("Ignore files, against moby's answers")
struct IgnoreCorpusTests {
    private struct Case: Decodable {
        var dockerignore: String
        var patterns: [String]?
        var ignored: [String: Bool]?
        var error: String?
    }

    @Test("every file leaves out what moby leaves out", .corpus("dockerignore.jsonl"))
    func agrees() throws {
        let cases = try Corpus.cases(Case.self, in: "dockerignore.jsonl")
        #expect(cases.count >= 749)
        var differences = Differences()
        for test in cases {
            let source = SourceFile(name: ".dockerignore", text: test.dockerignore)
            differences.expect(
                IgnoreFile.patternLines(in: source).map(\.pattern),
                test.patterns ?? [],
                "\(test.dockerignore.quoted): patterns"
            )
            do throws(ImageBuilderError) {
                let file = try IgnoreFile(parsing: test.dockerignore)
                if test.error != nil { differences.note("\(test.dockerignore.quoted): read, but moby fails") }
                for (path, ignored) in test.ignored ?? [:] {
                    differences.expect(file.ignores(path), ignored, "\(test.dockerignore.quoted): \(path)")
                }
            } catch {
                if test.error == nil { differences.note("\(test.dockerignore.quoted): \(error)") }
            }
        }
        #expect(differences.found.isEmpty, differences.summary)
    }
}
