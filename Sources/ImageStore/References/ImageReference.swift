// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The name of an image, normalised as Docker does: `nginx` names `docker.io/library/nginx:latest`.
///
/// A reference has a domain (the registry), a path (the repository), and a tag, a digest, or both.
/// Grammar and normalisation are those of the distribution project's reference package.
public struct ImageReference: Sendable, Hashable {
    /// The registry's host, with its port if one was given: `docker.io`, `localhost:5000`.
    public let domain: String

    /// The repository's path in the registry: `library/nginx`.
    public let path: String

    /// The tag, if the reference has one.
    public let tag: String?

    /// The digest, if the reference is pinned to content.
    public let digest: Digest?

    /// Parses a reference as a user types it, and completes it with Docker's defaults.
    ///
    /// No tag is added; see ``taggedByDefault``.
    ///
    /// - Throws: ``ImageStoreError`` with code `invalidReference`.
    public init(_ text: String) throws {
        guard !Self.looksLikeImageID(text) else {
            throw Self.refuse(text, "64 hexadecimal digits name an image's id, not a repository")
        }
        let (domain, remainder) = Self.splitDomain(text)
        let name = remainder.prefix { $0 != ":" }
        guard !name.utf8.contains(where: { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 }) else {
            throw Self.refuse(text, "the repository name must be lower case")
        }
        let parts = try ReferenceGrammar.parse("\(domain)/\(remainder)", in: text)
        self.init(domain: domain, path: parts.path, tag: parts.tag, digest: parts.digest)
    }

    /// Makes a reference of parts that are already known to be well formed.
    init(domain: String, path: String, tag: String?, digest: Digest?) {
        self.domain = domain
        self.path = path
        self.tag = tag
        self.digest = digest
    }
}

extension ImageReference {
    /// The domain that names without one belong to.
    public static let defaultDomain = "docker.io"

    /// The repository's whole name: `docker.io/library/nginx`.
    public var repository: String { "\(domain)/\(path)" }

    /// This reference with the tag `latest` if it has neither tag nor digest.
    public var taggedByDefault: ImageReference {
        guard tag == nil, digest == nil else { return self }
        return ImageReference(domain: domain, path: path, tag: "latest", digest: nil)
    }

    /// The same repository, named by this content instead of by a tag.
    public func pinned(to digest: Digest) -> ImageReference {
        ImageReference(domain: domain, path: path, tag: nil, digest: digest)
    }

    /// The short form a user would type: `nginx` for `docker.io/library/nginx`.
    public var familiar: String {
        guard domain == Self.defaultDomain else { return description }
        let official = path.hasPrefix("library/") && !path.dropFirst("library/".count).contains("/")
        return (official ? String(path.dropFirst("library/".count)) : path) + suffix
    }

    private var suffix: String {
        (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
    }
}

extension ImageReference: CustomStringConvertible {
    /// The whole normalised reference.
    public var description: String { repository + suffix }
}

extension ImageReference {
    private static func looksLikeImageID(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy(\.isLowercaseHexDigit)
    }

    /// Decides whether the first component is a registry, and fills in Docker Hub where it is not.
    private static func splitDomain(_ text: String) -> (domain: String, remainder: String) {
        guard let slash = text.firstIndex(of: "/") else { return (defaultDomain, "library/\(text)") }
        let first = text[..<slash]
        let rest = text[text.index(after: slash)...]
        if first == "index.docker.io" || first == defaultDomain {
            return (defaultDomain, rest.contains("/") ? String(rest) : "library/\(rest)")
        }
        let isDomain =
            first == "localhost" || first.contains { $0 == "." || $0 == ":" }
            || first.utf8.contains { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 }
        return isDomain ? (String(first), String(rest)) : (defaultDomain, text)
    }

    private static func refuse(_ text: String, _ why: String) -> ImageStoreError {
        ImageStoreError(code: .invalidReference, message: "'\(text)' is no image reference: \(why)")
    }
}
