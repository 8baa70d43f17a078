// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension ExpansionRun {
    /// Reads what follows `$`, which is next, and answers what stands for it.
    mutating func readVariable() throws(ExpansionFailure) -> String {
        cursor.next()
        guard cursor.take("{") else {
            let name = readName()
            if name.isEmpty { return "$" }
            let value = lookUp(name)
            return value ?? (options.keepsUnset ? "$\(name)" : "")
        }
        switch cursor.peek {
        case nil: throw .missingBrace
        case "{", "}", ":": throw .badSubstitution
        default: return try readBraced(name: readName())
        }
    }

    /// Letters, digits and `_`; digits alone when one comes first; or one of the shell's special parameters.
    private mutating func readName() -> String {
        var name = Scalars()
        guard let first = cursor.peek else { return "" }
        if first.isDecimalDigit {
            while let digit = cursor.peek, digit.isDecimalDigit {
                name.append(digit)
                cursor.next()
            }
        } else if ["@", "*", "#", "?", "-", "$", "!"].contains(first) {
            name.append(first)
            cursor.next()
        } else {
            while let scalar = cursor.peek, scalar == "_" || scalar.isLetter || scalar.isDecimalDigit {
                name.append(scalar)
                cursor.next()
            }
        }
        return String(name)
    }

    private mutating func readBraced(name: String) throws(ExpansionFailure) -> String {
        guard let modifier = cursor.next() else { throw .missingBrace }
        switch modifier {
        case "}":
            let value = lookUp(name)
            return value ?? (options.keepsUnset ? "${\(name)}" : "")
        case ":":
            guard let operation = cursor.next() else { throw .missingBrace }
            return try readModified(name: name, operation: operation, emptyIsUnset: true)
        case "+", "-", "?", "#", "%":
            return try readModified(name: name, operation: modifier, emptyIsUnset: false)
        case "/":
            return try readReplacement(name: name)
        default:
            throw .unsupportedModifier(String(modifier))
        }
    }

    private mutating func readModified(
        name: String,
        operation: Unicode.Scalar,
        emptyIsUnset: Bool
    ) throws(ExpansionFailure) -> String {
        let modifier = (emptyIsUnset ? ":" : "") + String(operation)
        let isPattern = operation == "#" || operation == "%"
        if emptyIsUnset, isPattern { throw .unsupportedModifier(modifier) }
        let word = try readPart(until: "}", keepingEscapes: isPattern)

        let value = lookUp(name)
        if value == nil, options.keepsUnset { return "${\(name)\(modifier)\(word)}" }
        let present = emptyIsUnset && value == "" ? nil : value
        switch operation {
        case "-": return present ?? word
        case "+": return present == nil ? "" : word
        case "?":
            if let present { return present }
            let reason = value == nil ? "is not allowed to be unset" : "is not allowed to be empty"
            throw ExpansionFailure("\(name): \(word.isEmpty ? reason : word)")
        case "#", "%": return try remove(pattern: word, from: value ?? "", atEnd: operation == "%")
        default: throw .unsupportedModifier(modifier)
        }
    }

    /// A doubled `#` or `%` takes off the longest match, a single one the shortest.
    private func remove(
        pattern word: String,
        from value: String,
        atEnd: Bool
    ) throws(ExpansionFailure) -> String {
        var pattern = word.unicodeScalars[...]
        let isLongest = pattern.first == (atEnd ? "%" : "#")
        if isLongest { pattern.removeFirst() }
        return atEnd
            ? try ShellPattern.removeSuffix(String(pattern), from: value, longest: isLongest)
            : try ShellPattern.removePrefix(String(pattern), from: value, longest: isLongest)
    }

    private mutating func readReplacement(name: String) throws(ExpansionFailure) -> String {
        let replacesAll = cursor.take("/")
        let pattern = try readPart(until: "/", keepingEscapes: true)
        let replacement = try readPart(until: "}", keepingEscapes: true)
        let value = lookUp(name)
        if value == nil, options.keepsUnset { return "${\(name)/\(pattern)/\(replacement)}" }
        let matcher = try ShellPattern(pattern, isGreedy: true)
        return replacesAll
            ? try matcher.replaceAll(in: value ?? "", with: replacement)
            : try matcher.replaceFirst(in: value ?? "", with: replacement)
    }

    private mutating func readPart(
        until stop: Unicode.Scalar,
        keepingEscapes: Bool
    ) throws(ExpansionFailure) -> String {
        do throws(ExpansionFailure) {
            return try read(until: stop, keepingEscapes: keepingEscapes).text
        } catch {
            guard cursor.isAtEnd else { throw error }
            throw stop == "}" ? .missingBrace : ExpansionFailure("the / after the pattern is missing")
        }
    }
}
