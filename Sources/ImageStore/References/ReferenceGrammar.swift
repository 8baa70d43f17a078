// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The grammar of image references, without Docker's defaults: `[domain/]path[:tag][@digest]`.
///
/// Source: the grammar in the distribution project's reference package.
package enum ReferenceGrammar {
    /// The longest repository path.
    static let pathLimit = 255

    /// The longest tag.
    static let tagLimit = 128

    /// What a reference is made of.
    package struct Parts: Sendable, Hashable {
        package var domain: String?
        package var path: String
        package var tag: String?
        package var digest: Digest?
    }

    /// Splits a reference into its parts; `original` is what the user typed, for the error.
    ///
    /// - Throws: ``ImageStoreError`` with code `invalidReference`.
    package static func parse(_ text: String, in original: String? = nil) throws -> Parts {
        func refuse(_ why: String) -> ImageStoreError {
            ImageStoreError(code: .invalidReference, message: "'\(original ?? text)' is no image reference: \(why)")
        }
        var rest = text[...]
        var digest: Digest?
        if let at = rest.firstIndex(of: "@") {
            digest = try parseDigest(rest[rest.index(after: at)...], refuse)
            rest = rest[..<at]
        }
        var tag: String?
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("/") {
            let candidate = rest[rest.index(after: colon)...]
            guard isTag(candidate) else { throw refuse("'\(candidate)' is no tag") }
            tag = String(candidate)
            rest = rest[..<colon]
        }
        let (domain, path) = try splitName(rest, refuse)
        guard path.utf8.count <= pathLimit else {
            throw refuse("the repository name is longer than \(pathLimit) characters")
        }
        return Parts(domain: domain, path: path, tag: tag, digest: digest)
    }

    private static func splitName(
        _ name: Substring,
        _ refuse: (String) -> ImageStoreError
    ) throws -> (domain: String?, path: String) {
        if let slash = name.firstIndex(of: "/") {
            let path = name[name.index(after: slash)...]
            if isDomain(name[..<slash]), isPath(path) { return (String(name[..<slash]), String(path)) }
        }
        guard isPath(name) else {
            let upper = name.contains { $0.isUppercase }
            throw refuse(upper ? "the repository name must be lower case" : "'\(name)' is no repository name")
        }
        return (nil, String(name))
    }

    private static func parseDigest(
        _ text: Substring,
        _ refuse: (String) -> ImageStoreError
    ) throws -> Digest {
        do {
            return try Digest(String(text))
        } catch {
            throw refuse(error.message)
        }
    }
}

extension ReferenceGrammar {
    /// Whether `text` is a tag: a word character, then up to 127 word characters, dots and dashes.
    package static func isTag(_ text: some StringProtocol) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, first.isWord, bytes.count <= tagLimit else { return false }
        return bytes.allSatisfy { $0.isWord || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    /// Whether `text` is one or more path components joined by slashes.
    private static func isPath(_ text: Substring) -> Bool {
        text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy(isPathComponent)
    }

    /// Runs of lower-case letters and digits, separated by one dot, one or two underscores, or any number of dashes.
    private static func isPathComponent(_ component: Substring.UTF8View.SubSequence) -> Bool {
        guard let first = component.first, first.isLowercaseAlphanumeric,
            let last = component.last, last.isLowercaseAlphanumeric
        else { return false }
        let separators = component.split(omittingEmptySubsequences: true, whereSeparator: \.isLowercaseAlphanumeric)
        return separators.allSatisfy { separator in
            separator.elementsEqual(".".utf8) || separator.elementsEqual("_".utf8)
                || separator.elementsEqual("__".utf8) || separator.allSatisfy { $0 == UInt8(ascii: "-") }
        }
    }

    /// A host name or bracketed IPv6 address, with an optional port.
    private static func isDomain(_ text: Substring) -> Bool {
        var host = text
        if host.first == "[" {
            guard let close = host.firstIndex(of: "]") else { return false }
            let address = host[host.index(after: host.startIndex)..<close]
            guard !address.isEmpty, address.utf8.allSatisfy({ $0.isHexDigit || $0 == UInt8(ascii: ":") }) else {
                return false
            }
            return isPortSuffix(host[host.index(after: close)...])
        }
        if let colon = host.firstIndex(of: ":") {
            guard isPortSuffix(host[colon...]) else { return false }
            host = host[..<colon]
        }
        return host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            guard let first = label.first, first.isAlphanumeric, let last = label.last, last.isAlphanumeric else {
                return false
            }
            return label.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: "-") }
        }
    }

    /// Nothing, or a colon and digits.
    private static func isPortSuffix(_ text: Substring) -> Bool {
        text.isEmpty || (text.first == ":" && text.utf8.count > 1 && text.utf8.dropFirst().allSatisfy(\.isDigit))
    }
}
