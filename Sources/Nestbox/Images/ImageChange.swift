// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import FoundationEssentials
public import ImageStore

/// A change of an image's defaults, written as the instruction of a Dockerfile that would make it.
///
/// It is what Docker's `import` and `commit` take for `--change`.
public enum ImageChange {
    /// Makes a change.
    ///
    /// - Parameters:
    ///   - text: One of `CMD`, `ENTRYPOINT`, `ENV`, `EXPOSE`, `LABEL`, `STOPSIGNAL`, `USER`, `VOLUME` and `WORKDIR`, with
    ///     its arguments.
    ///   - defaults: What is changed.
    /// - Throws: ``NestboxError`` of code `invalidSpecification`.
    public static func apply(_ text: String, to defaults: inout ImageConfiguration.Defaults) throws {
        let parts = text.split(maxSplits: 1, whereSeparator: \.isWhitespace)
        guard parts.count == 2, let instruction = parts.first?.uppercased() else {
            throw refused(text, "an instruction has arguments")
        }
        let arguments = String(parts[1])
        switch instruction {
        case "CMD": defaults.command = try command(arguments, text)
        case "ENTRYPOINT": defaults.entrypoint = try command(arguments, text)
        case "ENV":
            for (name, value) in try pairs(arguments, text) {
                var environment = (defaults.environment ?? []).filter { !$0.hasPrefix(name + "=") }
                environment.append("\(name)=\(value)")
                defaults.environment = environment
            }
        case "LABEL":
            for (name, value) in try pairs(arguments, text) {
                defaults.labels = (defaults.labels ?? [:]).setting(name, value)
            }
        case "EXPOSE":
            let ports = words(arguments).map { $0.contains("/") ? $0 : $0 + "/tcp" }
            defaults.exposedPorts = (defaults.exposedPorts ?? []).union(ports)
        case "VOLUME":
            let paths = arguments.hasPrefix("[") ? try list(arguments, text) : words(arguments)
            defaults.volumes = (defaults.volumes ?? []).union(paths)
        case "WORKDIR": defaults.workingDirectory = arguments
        case "USER": defaults.user = arguments
        case "STOPSIGNAL": defaults.stopSignal = arguments
        default: throw refused(text, "\(instruction) can't be used here")
        }
    }

    private static func refused(_ text: String, _ reason: String) -> NestboxError {
        NestboxError(.invalidSpecification, "the change '\(text)' can't be made: \(reason)")
    }

    /// The form of a JSON list, or a line for the shell.
    private static func command(_ arguments: String, _ text: String) throws -> [String] {
        arguments.hasPrefix("[") ? try list(arguments, text) : ["/bin/sh", "-c", arguments]
    }

    private static func list(_ arguments: String, _ text: String) throws -> [String] {
        do {
            return try JSONDecoder().decode([String].self, from: Data(arguments.utf8))
        } catch {
            throw refused(text, "its arguments are no JSON list of strings")
        }
    }

    /// `NAME=value NAME="a value"`, or the old form `NAME value`.
    private static func pairs(_ arguments: String, _ text: String) throws -> [(String, String)] {
        let words = words(arguments)
        guard words.first?.contains("=") == true else {
            let parts = arguments.split(maxSplits: 1, whereSeparator: \.isWhitespace).map(String.init)
            guard parts.count == 2 else { throw refused(text, "it has the form NAME=value") }
            return [(parts[0], parts[1])]
        }
        return try words.map { word in
            guard let equals = word.firstIndex(of: "="), equals > word.startIndex else {
                throw refused(text, "'\(word)' is not of the form NAME=value")
            }
            return (String(word[..<equals]), String(word[word.index(after: equals)...]))
        }
    }

    /// Words apart by blanks, where quotes and backslashes keep blanks in.
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in text {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if character == quote {
                quote = nil
            } else if quote == nil, character == "\"" || character == "'" {
                quote = character
                word = word ?? ""
            } else if quote == nil, character.isWhitespace {
                if let complete = word { words.append(complete) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        return words
    }
}

extension [String: String] {
    fileprivate func setting(_ name: String, _ value: String) -> [String: String] {
        merging([name: value]) { $1 }
    }
}
