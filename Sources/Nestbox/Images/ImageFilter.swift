// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
public import ImageStore

/// Which images a list or a prune is about, in the terms of Docker's `--filter`.
///
/// ```swift
/// let filter = try ImageFilter(["dangling=true", "label=stage=test"])
/// let found = try nestbox.images.images().filter(filter.matches)
/// ```
public struct ImageFilter: Sendable {
    /// Whether only images without a name match, or only those with one; `nil` for both.
    public var isDangling: Bool?
    /// Patterns of which the name must match one, such as `debian`, `*:latest` or `*/app`.
    public var references: [String] = []
    /// Labels that the image must have, with a value if one is given.
    public var labels: [(name: String, value: String?)] = []
    /// Only images made before this.
    public var before: Moment?
    /// Only images made after this.
    public var since: Moment?

    /// Makes a filter that every image passes.
    public init() {}

    /// Reads filters as `NAME=VALUE`.
    ///
    /// - Parameters:
    ///   - texts: `dangling`, `reference`, `label`, `until` with a duration such as `24h` or a moment, and, with a store,
    ///     `before` and `since` with the name of an image.
    ///   - store: Where the images are that `before` and `since` name.
    ///   - now: What durations are counted back from.
    /// - Throws: ``NestboxError`` of code `invalidSpecification`, or `imageNotFound` where the store has no image of that
    ///   name.
    public init(_ texts: [String], in store: ImageStore? = nil, now: Moment = .now()) throws {
        for text in texts {
            guard let equals = text.firstIndex(of: "=") else { throw Self.refuse(text, "it has the form NAME=VALUE") }
            let value = String(text[text.index(after: equals)...])
            switch String(text[..<equals]) {
            case "dangling":
                guard let flag = ["true": true, "1": true, "false": false, "0": false][value] else {
                    throw Self.refuse(text, "'\(value)' is neither true nor false")
                }
                isDangling = flag
            case "reference": references.append(value)
            case "label":
                let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                labels.append((String(parts[0]), parts.count > 1 ? String(parts[1]) : nil))
            case "until":
                guard let moment = Moment(value, before: now) else {
                    throw Self.refuse(text, "'\(value)' is neither a duration nor a moment")
                }
                before = moment
            case let name:
                guard let store, ["before", "since"].contains(name) else {
                    let others = store == nil ? " and until" : ", until, before and since"
                    throw Self.refuse(text, "'\(name)' is none of dangling, reference, label\(others)")
                }
                let made = try Self.creation(of: value, in: store, for: text)
                if name == "before" { before = made ?? before } else { since = made ?? since }
            }
        }
    }

    /// Whether an image passes.
    public func matches(_ image: Image) -> Bool {
        if let isDangling, isDangling != (image.reference == nil) { return false }
        if !references.isEmpty, !references.contains(where: { Self.matches($0, image.reference) }) { return false }
        for (name, value) in labels {
            guard let own = image.defaults.labels?[name], value == nil || own == value else { return false }
        }
        let made = image.created.flatMap { Moment($0) }
        if let before { guard let made, made < before else { return false } }
        if let since { guard let made, since < made else { return false } }
        return true
    }
}

extension ImageFilter {
    /// A pattern without a tag is about the name alone; `*` does not go over a slash.
    private static func matches(_ pattern: String, _ reference: ImageReference?) -> Bool {
        guard let reference else { return false }
        let whole = reference.familiar
        let name = reference.tag.map { String(whole.dropLast($0.count + 1)) } ?? whole
        let names = [whole, name, reference.description, reference.repository]
        return names.contains(where: { fnmatch(pattern, $0, FNM_PATHNAME) == 0 })
    }

    private static func creation(of name: String, in store: ImageStore, for text: String) throws -> Moment? {
        do {
            return try store.image(name).created.flatMap { Moment($0) }
        } catch {
            throw NestboxError(error, "the filter '\(text)' can't be used")
        }
    }

    private static func refuse(_ text: String, _ why: String) -> NestboxError {
        NestboxError(.invalidSpecification, "the filter '\(text)' can't be used: \(why)")
    }
}
