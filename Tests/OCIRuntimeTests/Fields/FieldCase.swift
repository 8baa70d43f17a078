// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Synchronization
import SystemPackage
import Testing

@testable import OCIRuntime

/// A field of `config.json`, and what a script in the container tells of it.
struct FieldCase: Sendable, CustomTestStringConvertible {
    /// The field's path in the specification.
    let field: String
    /// What is merged into the configuration; a key that ends in `+` adds to a list.
    let change: String
    /// What looks, with busybox alone.
    let script: String
    let expected: String

    init(_ field: String, _ change: String, sees script: String, _ expected: String) {
        self.field = field
        self.change = change
        self.script = script
        self.expected = expected
    }

    var testDescription: String { field }
}

extension Bundle {
    private static let counter = Atomic<Int>(0)

    /// Runs a script in a container of its own.
    func run(_ script: String, changed change: String = "{}") throws -> Tool.Result {
        try configure(["sh", "-c", script], merging: change)
        let number = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
        return try oci(["run", "--bundle", path, "field-\(getpid())-\(number)"])
    }

    /// Runs a script in a container, made in a mount namespace of its own in which a command has been run before.
    func run(_ script: String, changed change: String, after setup: String) throws -> Tool.Result {
        try configure(["sh", "-c", script], merging: change)
        let name = directory.lastComponent?.string ?? ""
        let tool = "exec \(Tool.runtime) --root \(root) run --bundle \(path) \(name)"
        return try Tool.run(["unshare", "--mount", "sh", "-c", "\(setup) && \(tool)"])
    }

    /// Writes a configuration with this merged into it.
    func configure(_ arguments: [String], merging change: String) throws {
        let merged = try JSONParser.parse(Array(change.utf8))
        try configure(arguments) { members in
            if case .object(let all) = JSONValue.object(members).merged(with: merged) { members = all }
        }
    }
}

extension JSONValue {
    /// This value with another's members in place of its own.
    func merged(with other: JSONValue) -> JSONValue {
        guard case .object(var members) = self, case .object(let changes) = other else { return other }
        for (key, value) in changes {
            if key.hasSuffix("+"), case .array(let added) = value {
                var list: [JSONValue] = []
                if case .array(let before)? = members[String(key.dropLast())] { list = before }
                members[String(key.dropLast())] = .array(list + added)
            } else {
                members[key] = members[key]?.merged(with: value) ?? value
            }
        }
        return .object(members)
    }
}
