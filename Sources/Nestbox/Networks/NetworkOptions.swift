// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ContainerNetwork

/// A container's network as its user asks for it.
public struct NetworkOptions: Sendable, Hashable, Codable {
    /// Which network it has; the engine's own by default.
    public var mode = NetworkMode.bridge
    /// Further names by which the containers of its network find it.
    public var aliases: [String] = []
    /// Addresses that it must have, one for each subnet at most; free ones where none is stated.
    public var addresses: [IPAddress] = []
    /// Lines for its `/etc/hosts`, as `NAME:ADDRESS`; the address `host-gateway` is the host's.
    public var extraHosts: [String] = []
    /// The servers that are asked for names of the world; the host's where empty.
    public var nameServers: [IPAddress] = []
    /// The domains in which short names are tried; the host's where `nil`.
    public var searchDomains: [String]?
    /// Options of resolv.conf(5), such as `ndots:2`.
    public var resolverOptions: [String] = []

    /// Creates options of the defaults.
    public init() {}

    /// Refuses what could not be.
    func validate() throws(NestboxError) {
        for alias in aliases { try ContainerName.validate(alias, atLeast: 1) }
        for line in extraHosts { _ = try HostEntry(line) }
        for word in (searchDomains ?? []) + resolverOptions {
            guard !word.isEmpty, word.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw NestboxError(.invalidSpecification, "'\(word)' can't stand in /etc/resolv.conf")
            }
        }
        guard case .network = mode.kind else {
            guard addresses.isEmpty, aliases.isEmpty else {
                throw NestboxError(
                    .invalidSpecification,
                    "addresses and aliases belong to a bridge network, not to the mode '\(mode)'"
                )
            }
            return
        }
    }
}

/// A line for `/etc/hosts`, as `--add-host` takes it.
struct HostEntry: Hashable {
    enum Address: Hashable {
        case stated(IPAddress)
        case hostGateway
    }

    let name: String
    let address: Address

    /// - Throws: ``NestboxError`` of code `invalidSpecification`.
    init(_ text: String) throws(NestboxError) {
        let mark = text.firstIndex { $0 == ":" || $0 == "=" } ?? text.endIndex
        name = String(text[..<mark])
        var rest = mark == text.endIndex ? "" : String(text[text.index(after: mark)...])
        if rest.hasPrefix("["), rest.hasSuffix("]") { rest = String(rest.dropFirst().dropLast()) }
        let isName = !name.isEmpty && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }
        if isName, rest == "host-gateway" {
            address = .hostGateway
        } else if isName, let stated = IPAddress(rest) {
            address = .stated(stated)
        } else {
            throw NestboxError(.invalidSpecification, "'\(text)' is no line for /etc/hosts, as db:10.0.0.7 is")
        }
    }
}
