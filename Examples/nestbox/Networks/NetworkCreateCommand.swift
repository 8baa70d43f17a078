// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ContainerNetwork
import Nestbox

/// The command `network create`.
struct NetworkCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a network, and print its identifier.",
        discussion: """
            Example:
              nestbox network create --subnet 172.30.0.0/16 --internal backend
            """
    )

    @OptionGroup var engine: EngineOptions

    @Option(help: "A subnet, such as 172.30.0.0/16 or fd00:30::/64; a free one is found by default.")
    var subnet: [String] = []

    @Option(help: "The host's address in a subnet; its first by default.")
    var gateway: [String] = []

    @Flag(name: .customLong("ipv6"), help: "Have an IPv6 subnet too.")
    var hasIPv6 = false

    @Flag(name: .customLong("internal"), help: "Let containers reach only each other and the host.")
    var isInternal = false

    @Option(help: "The most bytes of one packet.")
    var mtu: UInt32 = 1500

    @Option(name: .long, help: "Set a label: NAME=value.")
    var label: [String] = []

    @Option(name: [.short, .long], help: "Only 'bridge'.")
    var driver = "bridge"

    @Argument(help: "The network's name.")
    var name: String

    func validate() throws {
        guard driver == "bridge" else {
            throw ValidationError("no such network driver: \(driver); there is only 'bridge'")
        }
    }

    func run() async throws {
        var specification = NetworkSpecification(name: name)
        specification.subnets = try subnets()
        specification.hasIPv6 = hasIPv6
        specification.isInternal = isInternal
        specification.mtu = mtu
        for text in label {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            specification.labels[parts[0]] = parts.count > 1 ? parts[1] : ""
        }
        print(try await engine.open().createNetwork(specification).identifier)
    }

    private func subnets() throws -> [IPPrefix] {
        let gateways = try gateway.map(NetworkFlags.address)
        let subnets = try subnet.map { text in
            guard let prefix = IPPrefix(text) else {
                throw ValidationError("'\(text)' is no subnet, such as 172.30.0.0/16")
            }
            guard let gateway = gateways.first(where: prefix.contains) else { return prefix }
            return IPPrefix(gateway, length: prefix.length) ?? prefix
        }
        for gateway in gateways where !subnets.contains(where: { $0.contains(gateway) }) {
            throw ValidationError("the gateway \(gateway) is in none of the subnets")
        }
        return subnets
    }
}
