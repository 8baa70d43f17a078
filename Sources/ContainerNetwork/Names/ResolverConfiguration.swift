// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How names are looked up, resolv.conf(5).
public struct ResolverConfiguration: Hashable, Sendable {
    /// The servers that are asked.
    public var servers: [IPAddress]
    /// The domains in which a short name is tried.
    public var searchDomains: [String]
    /// Options such as `ndots:2`.
    public var options: [String]

    /// Creates a configuration.
    ///
    /// - Parameters:
    ///   - servers: The servers that are asked.
    ///   - searchDomains: The domains in which a short name is tried.
    ///   - options: Options such as `ndots:2`.
    public init(servers: [IPAddress] = [], searchDomains: [String] = [], options: [String] = []) {
        self.servers = servers
        self.searchDomains = searchDomains
        self.options = options
    }

    /// Reads a file's text; what is not understood is passed over, as the C library does.
    ///
    /// - Parameter text: The text of `/etc/resolv.conf`.
    public init(parsing text: String) {
        self.init()
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
            guard let keyword = words.first, !keyword.hasPrefix("#"), !keyword.hasPrefix(";") else { continue }
            switch keyword {
            case "nameserver": servers += words.dropFirst().prefix(1).compactMap { IPAddress($0) }
            case "search": searchDomains = Array(words.dropFirst())
            case "domain": searchDomains = Array(words.dropFirst().prefix(1))
            case "options": options += words.dropFirst()
            default: continue
            }
        }
    }

    /// The text of a file that says this.
    public var text: String {
        var lines = servers.map { "nameserver \($0)" }
        if !searchDomains.isEmpty { lines.append("search " + searchDomains.joined(separator: " ")) }
        if !options.isEmpty { lines.append("options " + options.joined(separator: " ")) }
        return lines.map { $0 + "\n" }.joined()
    }
}
