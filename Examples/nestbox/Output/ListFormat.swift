// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import FoundationEssentials

/// How a list is printed.
enum ListFormat: String, ExpressibleByArgument, CaseIterable {
    case table
    case json
}

/// How what there is to know about things is printed: as JSON in any case.
enum InspectionFormat: String, ExpressibleByArgument, CaseIterable {
    /// On several lines, for people.
    case pretty
    /// On one line, for programs.
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

    /// Prints the values as one list.
    static func list(_ values: [some Encodable], _ format: InspectionFormat = .pretty) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if format == .pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        print(String(decoding: try encoder.encode(values), as: UTF8.self))
    }
}
