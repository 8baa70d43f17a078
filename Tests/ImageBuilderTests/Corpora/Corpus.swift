// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Foundation
import Testing

/// The reference answers, which lie beside the package and not in it.
enum Corpus {
    /// `../shared/corpora`, seen from the package's root.
    static let directory = URL(filePath: #filePath)
        .deletingLastPathComponent()  // Corpora
        .deletingLastPathComponent()  // ImageBuilderTests
        .deletingLastPathComponent()  // Tests
        .deletingLastPathComponent()  // the package
        .appending(path: "../shared/corpora")
        .standardizedFileURL

    /// The cases of a file: one JSON object a line.
    static func cases<Case: Decodable>(_ type: Case.Type, in file: String) throws -> [Case] {
        let decoder = JSONDecoder()
        return try Data(contentsOf: directory.appending(path: file))
            .split(separator: UInt8(ascii: "\n"))
            .map { try decoder.decode(Case.self, from: $0) }
    }
}

extension Trait where Self == ConditionTrait {
    /// Runs the test only where the corpus is.
    static func corpus(_ file: String) -> Self {
        .enabled("the corpus \(file) is not beside the package, in ../shared/corpora") {
            FileManager.default.fileExists(atPath: Corpus.directory.appending(path: file).path)
        }
    }
}

/// Differences found in a run over many cases, so that one report names them all.
struct Differences {
    private(set) var found: [String] = []

    mutating func expect<T: Equatable>(_ actual: T, _ expected: T, _ what: @autoclosure () -> String) {
        if actual != expected { found.append("\(what()): got \(actual), want \(expected)") }
    }

    mutating func note(_ what: String) {
        found.append(what)
    }

    /// The first of them, for the message of a failed test.
    var summary: Comment {
        Comment(rawValue: "\(found.count) differences:\n" + found.prefix(25).joined(separator: "\n"))
    }
}
