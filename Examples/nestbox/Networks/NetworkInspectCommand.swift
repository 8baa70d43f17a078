// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ContainerNetwork
import Nestbox

/// The command `network inspect`.
struct NetworkInspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Print what there is to know about networks, as JSON.",
        discussion: """
            Example:
              nestbox network inspect backend
            """
    )

    @OptionGroup var engine: EngineOptions

    @Option(name: [.short, .long], help: "pretty, or json for a single line.")
    var format = InspectionFormat.pretty

    @Argument(help: "The networks, by name or identifier.")
    var networks: [String]

    func run() async throws {
        let nestbox = try await engine.open()
        try await Each.list(networks, format) { name in
            NetworkInspection(try nestbox.network(name), endpoints: try nestbox.endpoints(of: name))
        }
    }
}

/// A network in the shape that Docker's `network inspect` gives it.
struct NetworkInspection: Encodable {
    struct Addresses: Encodable {
        struct Configuration: Encodable {
            let Subnet: String
            let Gateway: String
        }

        let Driver = "default"
        let Config: [Configuration]
    }

    struct Connected: Encodable {
        let Name: String
        let MacAddress: String
        let IPv4Address: String
        let IPv6Address: String
    }

    let Name: String
    let Id: String
    let Created: String
    let Scope = "local"
    let Driver = "bridge"
    let EnableIPv6: Bool
    let Internal: Bool
    let IPAM: Addresses
    let Containers: [String: Connected]
    let Options: [String: String]
    let Labels: [String: String]

    init(_ network: NetworkRecord, endpoints: [NetworkEndpoint]) {
        Name = network.name
        Id = network.identifier
        Created = network.createdAt.description
        EnableIPv6 = network.hasIPv6
        Internal = network.isInternal
        IPAM = .init(
            Config: network.gateways.map { subnet, gateway in
                .init(Subnet: "\(subnet.network)/\(subnet.length)", Gateway: "\(gateway)")
            }
        )
        let connected = endpoints.map { endpoint in
            (
                endpoint.container,
                Connected(
                    Name: endpoint.name,
                    MacAddress: HardwareAddressText.text(endpoint.hardwareAddress),
                    IPv4Address: endpoint.addresses.first { !$0.address.isIPv6 }.map { "\($0)" } ?? "",
                    IPv6Address: endpoint.addresses.first { $0.address.isIPv6 }.map { "\($0)" } ?? ""
                )
            )
        }
        Containers = Dictionary(connected) { one, _ in one }
        Options = ["mtu": "\(network.mtu)", "bridge": network.link]
        Labels = network.labels
    }
}

/// Hardware addresses as people write them.
enum HardwareAddressText {
    /// Such as `02:04:0a:d0:00:02`.
    static func text(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}
