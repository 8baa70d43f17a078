// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Variables in the order in which they were first set.
package struct Environment: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    package private(set) var names: [String] = []
    private var values: [String: String] = [:]

    package init() {}

    package init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { self[name] = value }
    }

    /// From `name=value` texts, as image configurations hold them.
    ///
    /// A text without `=` has the empty value.
    package init(_ assignments: some Sequence<String>) {
        for assignment in assignments {
            let (name, value) = assignment.cut(at: "=") ?? (assignment, "")
            self[name] = value
        }
    }

    package subscript(name: String) -> String? {
        get { values[name] }
        set {
            if values[name] == nil, newValue != nil { names.append(name) }
            if newValue == nil { names.removeAll { $0 == name } }
            values[name] = newValue
        }
    }

    /// As `name=value` texts.
    package var assignments: [String] {
        names.map { "\($0)=\(values[$0] ?? "")" }
    }
}
