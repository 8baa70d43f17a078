// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Instruction.Run.Mount {
    /// Replaces the variables of one value.
    package typealias Expander = (String) throws(ValueError) -> String

    /// The keys of the flag, with their other names.
    private static let keys = [
        "destination", "dst", "env", "from", "gid", "id", "mode", "readonly", "readwrite", "required", "ro", "rw",
        "sharing", "size", "source", "src", "target", "type", "uid",
    ]

    /// What can be told of a `--mount` flag before the variables have values: the stage or image it comes from.
    static func origin(of option: String) throws(ValueError) -> String? {
        var origin: String?
        for field in try CommaSeparated.fields(of: option) {
            guard let (key, value) = field.cut(at: "="), key.lowercased() == "from" else { continue }
            // What a stage depends on must be known before anything runs. A `$` at the end begins no variable.
            if value.unicodeScalars.dropLast().contains("$") {
                throw ValueError("from can't hold a variable: give the image a stage of its own and name that")
            }
            origin = value.isEmpty ? nil : value
        }
        return origin
    }

    /// The value of a `--mount` flag.
    package init(option: String, expand: Expander) throws(ValueError) {
        var readOnly: Bool?
        for field in try CommaSeparated.fields(of: option) {
            if let (key, value) = field.cut(at: "=") {
                try set(key.lowercased(), to: try expand(value), readOnly: &readOnly)
            } else {
                try set(flag: field.lowercased(), readOnly: &readOnly)
            }
        }
        isReadOnly = readOnly ?? (kind != .cache && kind != .tmpfs)
        try check()
    }

    private mutating func set(flag: String, readOnly: inout Bool?) throws(ValueError) {
        switch flag {
        case "readonly", "ro": readOnly = true
        case "readwrite", "rw": readOnly = false
        case "required": try setRequired(true)
        default: throw ValueError("the mount option \(flag.inQuotes) needs a value: \(flag)=…")
        }
    }

    private mutating func set(_ key: String, to value: String, readOnly: inout Bool?) throws(ValueError) {
        switch key {
        case "type": kind = try Self.choice(value.lowercased(), of: Kind.all, named: "mount type")
        case "from": from = value.isEmpty ? nil : value
        case "source", "src": source = value.isEmpty ? nil : value
        case "target", "dst", "destination": target = value.isEmpty ? nil : value
        case "readonly", "ro": readOnly = try Self.bool(value, key)
        case "readwrite", "rw": readOnly = try !Self.bool(value, key)
        case "required": try setRequired(Self.bool(value, key))
        case "size": try setSize(value)
        case "id": id = value.isEmpty ? nil : value
        case "sharing": sharing = try Self.choice(value.lowercased(), of: Sharing.all, named: "sharing mode")
        case "mode": mode = try Self.number(value, radix: 8, key)
        case "uid": userID = try Self.number(value, radix: 10, key)
        case "gid": groupID = try Self.number(value, radix: 10, key)
        case "env": variable = value
        default:
            throw ValueError("unknown mount option \(key.inQuotes)\(Suggestion.hint(for: key, among: Self.keys))")
        }
    }

    private mutating func setRequired(_ value: Bool) throws(ValueError) {
        guard kind == .secret || kind == .ssh else { throw notAllowed("required") }
        isRequired = value
    }

    private mutating func setSize(_ value: String) throws(ValueError) {
        guard kind == .tmpfs else { throw notAllowed("size") }
        guard let size = ByteCount.parse(value) else {
            throw ValueError("size must be a number of bytes like 64m, not \(value.inQuotes)")
        }
        sizeLimit = size
    }

    private func notAllowed(_ key: String) -> ValueError {
        ValueError("the option \(key) is not for mounts of the type \(kind)")
    }

    /// Checks what depends on the kind.
    private func check() throws(ValueError) {
        if ![.secret, .ssh, .cache].contains(kind) {
            if mode != nil { throw notAllowed("mode") }
            if userID != nil { throw notAllowed("uid") }
            if groupID != nil { throw notAllowed("gid") }
        }
        if sharing != nil, kind != .cache { throw notAllowed("sharing") }
        guard kind == .secret else { return }
        if from != nil { throw notAllowed("from") }
        if source == nil, target == nil, id == nil { throw ValueError("a secret needs an id or a target") }
        if source != nil, id != nil { throw ValueError("a secret can't have both a source and an id") }
    }

    private static func choice<Choice: CustomStringConvertible>(
        _ value: String,
        of choices: [Choice],
        named name: String
    ) throws(ValueError) -> Choice {
        if let choice = choices.first(where: { $0.description == value }) { return choice }
        let hint = Suggestion.hint(for: value, among: choices.map(\.description))
        throw ValueError("unknown \(name) \(value.inQuotes)\(hint)")
    }

    private static func bool(_ value: String, _ key: String) throws(ValueError) -> Bool {
        guard let bool = Bool(literal: value) else {
            throw ValueError("\(key) must be true or false, not \(value.inQuotes)")
        }
        return bool
    }

    private static func number(_ value: String, radix: Int, _ key: String) throws(ValueError) -> UInt32 {
        guard value.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }), let number = UInt32(value, radix: radix) else {
            throw ValueError("\(key) must be a number in base \(radix), not \(value.inQuotes)")
        }
        return number
    }
}
