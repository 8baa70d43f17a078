// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Foundation
import SystemPackage
import Testing

@testable import ImageStore

@Suite("Image references")
struct ImageReferenceTests {
    /// One line of `image-references.jsonl`.
    struct Case: Decodable {
        var input: String
        var parse: String?
        var normalized: String?
        var familiar: String?
        var domain: String?
        var path: String?
        var tag: String?
        var digest: String?
        var tagNameOnly: String?
    }

    static func cases() throws -> [Case] {
        let text = try FileTree.text(FilePath("\(Corpora.directory)/image-references.jsonl"))
        return try text.split(separator: "\n").map { try JSONDecoder().decode(Case.self, from: Data($0.utf8)) }
    }

    @Test(
        "normalisation agrees with Docker on every reference of the corpus",
        .enabled(if: Corpora.arePresent, "\(Corpora.absence)")
    )
    func corpusNormalisation() throws {
        let cases = try Self.cases()
        #expect(cases.count >= 254)
        for example in cases {
            guard let normalized = example.normalized else {
                #expect(throws: ImageStoreError.self, "\(example.input)") { try ImageReference(example.input) }
                continue
            }
            let reference = try ImageReference(example.input)
            #expect(reference.description == normalized)
            #expect(reference.familiar == example.familiar, "\(example.input)")
            #expect(reference.domain == example.domain, "\(example.input)")
            #expect(reference.path == example.path, "\(example.input)")
            #expect(reference.tag == example.tag, "\(example.input)")
            #expect(reference.digest?.description == example.digest, "\(example.input)")
            #expect(reference.taggedByDefault.description == example.tagNameOnly, "\(example.input)")
        }
    }

    @Test(
        "the grammar alone agrees with the reference implementation on every string of the corpus",
        .enabled(if: Corpora.arePresent, "\(Corpora.absence)")
    )
    func corpusGrammar() throws {
        for example in try Self.cases() {
            guard let expected = example.parse else {
                #expect(throws: ImageStoreError.self, "\(example.input)") {
                    try ReferenceGrammar.parse(example.input)
                }
                continue
            }
            let parts = try ReferenceGrammar.parse(example.input)
            var text = parts.domain.map { "\($0)/" } ?? ""
            text += parts.path
            text += parts.tag.map { ":\($0)" } ?? ""
            text += parts.digest.map { "@\($0)" } ?? ""
            #expect(text == expected)
        }
    }

    @Test("an error says what is wrong with the reference")
    func errorMessage() {
        let error = #expect(throws: ImageStoreError.self) { try ImageReference("Nginx") }
        #expect(error?.code == .invalidReference)
        #expect(error?.message == "'Nginx' is no image reference: the repository name must be lower case")
    }
}
