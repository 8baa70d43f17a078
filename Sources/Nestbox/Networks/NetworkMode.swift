// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What network a container has: what `--network` says.
public struct NetworkMode: Sendable, Hashable, CustomStringConvertible {
    enum Kind: Hashable {
        case network(String)
        case container(String)
        case host
        case none
    }

    let kind: Kind

    private init(_ kind: Kind) {
        self.kind = kind
    }

    /// The engine's own network, which is there without being made.
    public static let bridge = NetworkMode(.network(NetworkRecord.builtInName))
    /// The host's network: the container's programs are on the host as far as the network goes.
    public static let host = NetworkMode(.host)
    /// A loopback interface and nothing else; published ports lead to programs that listen there.
    public static let none = NetworkMode(.none)

    /// A network that was made by ``Nestbox/createNetwork(_:)``.
    ///
    /// - Parameter name: Its name, or identifier.
    /// - Returns: The mode.
    public static func network(_ name: String) -> NetworkMode {
        NetworkMode(.network(name))
    }

    /// The network of another container, which runs.
    ///
    /// - Parameter container: Its name or identifier.
    /// - Returns: The mode.
    public static func container(_ container: String) -> NetworkMode {
        NetworkMode(.container(container))
    }

    /// Reads what `--network` takes: `bridge`, `host`, `none`, `container:NAME` or a network's name.
    ///
    /// - Parameter text: What was written.
    /// - Throws: ``NestboxError`` of code `invalidSpecification`.
    public init(_ text: String) throws(NestboxError) {
        switch text {
        case "", "default": self = .bridge
        case "host": self = .host
        case "none": self = .none
        default:
            if text.hasPrefix("container:") {
                let name = String(text.dropFirst("container:".count))
                guard !name.isEmpty else {
                    throw NestboxError(.invalidSpecification, "'\(text)' names no container, as container:web does")
                }
                self = .container(name)
            } else {
                try ContainerName.validate(text, atLeast: 1)
                self = .network(text)
            }
        }
    }

    /// The mode as `--network` takes it.
    public var description: String {
        switch kind {
        case .network(let name): name
        case .container(let name): "container:\(name)"
        case .host: "host"
        case .none: "none"
        }
    }
}

extension NetworkMode: Codable {
    /// Reads the mode as `--network` takes it.
    public init(from decoder: any Decoder) throws {
        try self.init(try decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the mode as `--network` takes it.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
