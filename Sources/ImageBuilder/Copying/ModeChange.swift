// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// The permissions that `--chmod` gives: a number, or what to change of a file's own.
///
/// Source: chmod(1); BuildKit for what it takes of that.
struct ModeChange: Sendable, Equatable {
    private enum Part: Sendable, Equatable {
        /// `u`, `g`, `o`: the permissions that these have.
        case copy(shift: mode_t)
        /// Bits of `rwx` in their lowest place, and what only some files get.
        case bits(mode_t, conditionalExecution: Bool, setID: Bool, sticky: Bool)
    }

    private struct Clause: Sendable, Equatable {
        /// Whom it is about, as a mask of all twelve bits.
        var who: mode_t
        /// Whether it says so; if not, bits that the usual mask (022) takes away are left alone.
        var namesWho: Bool
        var operation: Character
        var part: Part
    }

    private var number: mode_t?
    private var clauses: [Clause] = []

    /// Reads the value of the flag.
    init(_ text: String) throws(ImageBuilderError) {
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            guard let value = mode_t(text, radix: 8), value <= 0o7777 else {
                throw ImageBuilderError(
                    .invalidFlag,
                    "--chmod must be an octal number from 0 to 07777, or like u=rwX,go=rX, not \(text.inQuotes)"
                )
            }
            number = value
            return
        }
        for clause in text.split(separator: ",", omittingEmptySubsequences: false) {
            try parse(clause, of: text)
        }
    }

    private mutating func parse(_ clause: Substring, of text: String) throws(ImageBuilderError) {
        func refuse() -> ImageBuilderError {
            ImageBuilderError(.invalidFlag, "--chmod must be an octal number or like u=rwX,go=rX, not \(text.inQuotes)")
        }
        var rest = clause
        var who: mode_t = 0
        while let letter = rest.first, "ugoa".contains(letter) {
            switch letter {
            case "u": who |= 0o4700
            case "g": who |= 0o2070
            case "o": who |= 0o1007
            default: who |= 0o7777
            }
            rest.removeFirst()
        }
        let namesWho = who != 0
        guard !rest.isEmpty else { throw refuse() }
        while let operation = rest.first {
            guard "+-=".contains(operation) else { throw refuse() }
            rest.removeFirst()
            let letters = rest.prefix { !"+-=".contains($0) }
            rest = rest.dropFirst(letters.count)
            guard let part = Self.part(letters) else { throw refuse() }
            clauses.append(
                Clause(who: namesWho ? who : 0o7777, namesWho: namesWho, operation: operation, part: part)
            )
        }
    }

    private static func part(_ letters: Substring) -> Part? {
        switch letters {
        case "u": return .copy(shift: 6)
        case "g": return .copy(shift: 3)
        case "o": return .copy(shift: 0)
        default: break
        }
        var bits: mode_t = 0
        var (conditional, setID, sticky) = (false, false, false)
        for letter in letters {
            switch letter {
            case "r": bits |= 4
            case "w": bits |= 2
            case "x": bits |= 1
            case "X": conditional = true
            case "s": setID = true
            case "t": sticky = true
            default: return nil
            }
        }
        return .bits(bits, conditionalExecution: conditional, setID: setID, sticky: sticky)
    }

    /// The permissions of a file that has `mode` with its type.
    func applied(to mode: mode_t) -> mode_t {
        if let number { return number }
        let isDirectory = mode & S_IFMT == S_IFDIR
        var result = mode & 0o7777
        for clause in clauses {
            var bits = Self.bits(clause.part, of: result, isDirectory: isDirectory) & clause.who
            if !clause.namesWho { bits &= ~0o022 }
            switch clause.operation {
            case "+": result |= bits
            case "-": result &= ~bits
            default:
                // A directory keeps its set-ID bits unless they are named, as with chmod(1).
                let kept: mode_t = isDirectory ? 0o6000 : 0
                result = result & ~(clause.who & ~kept) | bits
            }
        }
        return result
    }

    private static func bits(_ part: Part, of mode: mode_t, isDirectory: Bool) -> mode_t {
        switch part {
        case .copy(let shift):
            let bits = mode >> shift & 7
            return bits << 6 | bits << 3 | bits
        case .bits(var bits, let conditional, let setID, let sticky):
            if conditional, isDirectory || mode & 0o111 != 0 { bits |= 1 }
            return bits << 6 | bits << 3 | bits | (setID ? 0o6000 : 0) | (sticky ? 0o1000 : 0)
        }
    }
}
