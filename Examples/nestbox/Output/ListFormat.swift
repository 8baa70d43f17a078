// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import FoundationEssentials

/// How a list is printed.
enum ListFormat: String, ExpressibleByArgument, CaseIterable {
    case table
    case json
}

/// What is printed as JSON, with Docker's names for the members.
enum JSONOutput {
    /// Prints each value on a line of its own.
    static func lines(_ values: [some Encodable]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for value in values { print(String(decoding: try encoder.encode(value), as: UTF8.self)) }
    }

    /// Prints the values as one list, for people.
    static func list(_ values: [some Encodable]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(values), as: UTF8.self))
    }
}
