// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The members of an object, read with what they have to be; a failure names the member from the top.
package struct JSONObject: Sendable {
    package let members: [String: JSONValue]
    /// Where it is, such as `linux.resources`.
    package let path: String

    package init(_ value: JSONValue, path: String) throws(OCIError) {
        guard case .object(let members) = value else { throw OCIError("\(path) must be an object") }
        self.members = members
        self.path = path
    }

    private func place(_ key: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }

    private func failure(_ key: String, _ kind: String) -> OCIError {
        OCIError("\(place(key)) must be \(kind)")
    }

    /// A member that is there and not null.
    private func value(_ key: String) -> JSONValue? {
        guard let value = members[key], value != .null else { return nil }
        return value
    }

    package func string(_ key: String) throws(OCIError) -> String? {
        guard let value = value(key) else { return nil }
        guard case .string(let text) = value else { throw failure(key, "a string") }
        return text
    }

    package func required(_ key: String) throws(OCIError) -> String {
        guard let text = try string(key) else { throw OCIError("\(place(key)) is missing") }
        return text
    }

    package func boolean(_ key: String) throws(OCIError) -> Bool? {
        guard let value = value(key) else { return nil }
        guard case .boolean(let answer) = value else { throw failure(key, "true or false") }
        return answer
    }

    package func integer<Number: FixedWidthInteger>(
        _ key: String,
        _ type: Number.Type = Number.self
    ) throws(OCIError) -> Number? {
        guard let value = value(key) else { return nil }
        guard case .number(let text) = value, let number = Number(text) else {
            throw failure(key, "a whole number from \(Number.min) to \(Number.max)")
        }
        return number
    }

    package func strings(_ key: String) throws(OCIError) -> [String] {
        try array(key).map { value throws(OCIError) in
            guard case .string(let text) = value else { throw failure(key, "an array of strings") }
            return text
        }
    }

    package func integers<Number: FixedWidthInteger>(
        _ key: String,
        _ type: Number.Type = Number.self
    ) throws(OCIError) -> [Number] {
        try array(key).map { value throws(OCIError) in
            guard case .number(let text) = value, let number = Number(text) else {
                throw failure(key, "an array of whole numbers")
            }
            return number
        }
    }

    package func array(_ key: String) throws(OCIError) -> [JSONValue] {
        guard let value = value(key) else { return [] }
        guard case .array(let values) = value else { throw failure(key, "an array") }
        return values
    }

    package func object(_ key: String) throws(OCIError) -> JSONObject? {
        guard let value = value(key) else { return nil }
        return try JSONObject(value, path: place(key))
    }

    package func objects(_ key: String) throws(OCIError) -> [JSONObject] {
        var objects: [JSONObject] = []
        for (index, value) in try array(key).enumerated() {
            objects.append(try JSONObject(value, path: "\(place(key))[\(index)]"))
        }
        return objects
    }

    package func stringMap(_ key: String) throws(OCIError) -> [String: String] {
        guard let object = try object(key) else { return [:] }
        var map: [String: String] = [:]
        for name in object.members.keys { map[name] = try object.string(name) }
        return map
    }
}
