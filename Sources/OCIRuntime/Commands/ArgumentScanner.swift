// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Reads a command's arguments as the runtimes in the field do: `--flag value`, `--flag=value`, `-f value`, and nothing
/// more after the first word that is no flag where a program's own arguments follow.
package struct ArgumentScanner {
    private var rest: ArraySlice<String>
    package private(set) var values: [String: [String]] = [:]
    package private(set) var words: [String] = []

    /// - Parameters:
    ///   - arguments: What follows the command.
    ///   - valued: The flags that take a value, with their dashes.
    ///   - plain: The flags that take none.
    ///   - aliases: Short names.
    ///   - stopsAtWord: Whether the first word ends the flags.
    /// - Throws: ``OCIError`` for a flag that is unknown or lacks its value.
    package init(
        _ arguments: [String],
        valued: Set<String>,
        plain: Set<String> = [],
        aliases: [String: String] = [:],
        stopsAtWord: Bool = false
    ) throws(OCIError) {
        rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--" {
                words += rest
                return
            }
            guard argument.hasPrefix("-"), argument != "-" else {
                words.append(argument)
                if stopsAtWord {
                    words += rest
                    return
                }
                continue
            }
            try read(argument, valued, plain, aliases)
        }
    }

    private mutating func read(
        _ argument: String,
        _ valued: Set<String>,
        _ plain: Set<String>,
        _ aliases: [String: String]
    ) throws(OCIError) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        // Go's flag package takes one dash for two.
        var name = aliases[parts[0]] ?? parts[0]
        if !valued.contains(name), !plain.contains(name), !name.hasPrefix("--") { name = "-" + name }
        if plain.contains(name) {
            values[name, default: []].append(parts.count > 1 ? parts[1] : "true")
        } else if valued.contains(name) {
            guard let value = parts.count > 1 ? parts[1] : rest.popFirst() else {
                throw OCIError("flag \(parts[0]) needs a value")
            }
            values[name, default: []].append(value)
        } else {
            throw OCIError("flag \(parts[0]) is unknown")
        }
    }

    package func isSet(_ name: String) -> Bool {
        guard let value = values[name]?.last else { return false }
        return value != "false"
    }

    package subscript(_ name: String) -> String? { values[name]?.last }

    /// The one word that has to be there.
    package func word(_ index: Int, _ what: String) throws(OCIError) -> String {
        guard words.indices.contains(index) else { throw OCIError("\(what) is missing") }
        return words[index]
    }
}
