// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// An absolute HTTP URL, as far as registries need it.
struct RegistryURL: Sendable, Hashable {
    /// `http` or `https`.
    var scheme: String

    /// The host, with its port if one was given.
    var authority: String

    /// The path, which begins with a slash.
    var path: String

    /// The query, without the question mark.
    var query: String?

    init(scheme: String, authority: String, path: String, query: String? = nil) {
        self.scheme = scheme
        self.authority = authority
        self.path = path
        self.query = query
    }

    /// Parses an absolute URL; `nil` for anything else.
    init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return nil }
        let scheme = text[..<colon].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = text[text.index(colon, offsetBy: 3)...].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        // A user in a URL is a way to make a host look like another; nothing here needs it.
        guard !authority.isEmpty, !authority.contains("@") else { return nil }
        let target = rest.dropFirst(authority.count)
        let path = target.prefix { $0 != "?" }
        self.init(
            scheme: scheme,
            authority: String(authority),
            path: path.isEmpty ? "/" : String(path),
            query: path.count < target.count ? String(target.dropFirst(path.count + 1)) : nil
        )
    }
}

extension RegistryURL: CustomStringConvertible {
    /// The whole URL.
    var description: String {
        "\(scheme)://\(authority)\(path)" + (query.map { "?\($0)" } ?? "")
    }

    /// The host without its port, and without the brackets of an IPv6 address.
    var host: String { Self.host(of: authority) }

    static func host(of authority: String) -> String {
        if authority.hasPrefix("["), let close = authority.firstIndex(of: "]") {
            return String(authority[authority.index(after: authority.startIndex)..<close])
        }
        return String(authority.prefix { $0 != ":" })
    }

    /// Whether the host can only be this machine.
    var isLoopback: Bool { Self.isLoopback(authority) }

    static func isLoopback(_ authority: String) -> Bool {
        let host = host(of: authority)
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// The URL that a `Location` header means, seen from this one.
    func resolving(_ location: String) -> RegistryURL? {
        if location.contains("://") { return RegistryURL(location) }
        if location.hasPrefix("//") { return RegistryURL("\(scheme):\(location)") }
        guard location.hasPrefix("/") else {
            let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "/"
            return RegistryURL("\(scheme)://\(authority)\(folder)\(location)")
        }
        return RegistryURL("\(scheme)://\(authority)\(location)")
    }

    /// The URL with one more item in its query.
    func adding(_ name: String, _ value: String) -> RegistryURL {
        var copy = self
        let item = "\(name)=\(Self.encode(value))"
        copy.query = query.map { $0.isEmpty ? item : "\($0)&\(item)" } ?? item
        return copy
    }

    /// Percent-encodes all but the unreserved characters.
    ///
    /// Source: RFC 3986, section 2.3.
    static func encode(_ value: String) -> String {
        value.utf8.reduce(into: "") { text, byte in
            let scalar = Unicode.Scalar(byte)
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~": text.unicodeScalars.append(scalar)
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
    }
}
