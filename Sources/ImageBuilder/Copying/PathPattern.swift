// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// A path with wildcards in its components, as sources of `COPY` and `ADD` may have them.
///
/// Source: Go's `filepath.Match`.
struct PathPattern {
    private let components: [String]

    init(_ path: String) {
        components = path.split(separator: "/").map(String.init)
    }

    static func hasWildcards(_ path: String) -> Bool {
        var isEscaped = false
        for scalar in path.unicodeScalars {
            if isEscaped {
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else if scalar == "*" || scalar == "?" || scalar == "[" {
                return true
            }
        }
        return false
    }

    /// The paths in a tree that fit, in the order of their bytes.
    func matches(in root: TreeRoot) throws(ImageBuilderError) -> [FileName] {
        var paths = [FileName("")]
        for component in components {
            var next: [FileName] = []
            for path in paths {
                guard Self.hasWildcards(component) else {
                    let own = path.appending(FileName(component))
                    if try root.open(own, O_PATH) != nil { next.append(own) }
                    continue
                }
                guard let directory = try root.open(path, O_RDONLY | O_DIRECTORY) else { continue }
                let form = try Self.form(of: component)
                next += try directory.names().filter { Self.matches($0.description, form) }.map(path.appending)
            }
            paths = next
        }
        return paths.map { path in FileName([UInt8(ascii: "/")] + path.content.map { UInt8(bitPattern: $0) }) }
    }

    /// One `*` for many: within a name they are the same.
    private static func form(of component: String) throws(ImageBuilderError) -> [Wildcard] {
        var text = ""
        for character in component where !(character == "*" && text.last == "*") { text.append(character) }
        do {
            switch try IgnorePatternParser.form(of: ScalarText(text: text)) {
            case .wildcards(let wildcards): return wildcards
            default: return text.unicodeScalars.map(Wildcard.scalar)
            }
        } catch {
            throw ImageBuilderError(.invalidPattern, error.message)
        }
    }

    private static func matches(_ name: String, _ wildcards: [Wildcard]) -> Bool {
        Wildcard.match(wildcards, ScalarText(text: name))
    }
}
