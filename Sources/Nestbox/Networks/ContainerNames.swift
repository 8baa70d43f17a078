// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerNetwork
internal import Synchronization

/// The names that a container sees: of those that share a network with it, in whatever process they run.
final class ContainerNames: NameDirectory {
    private struct Cached {
        var version: FileVersion?
        var endpoints: NetworkEndpoints
    }

    private let store: NetworkStore
    private let container: String
    private let cache = Mutex<[String: Cached]>([:])

    /// - Parameters:
    ///   - store: The networks.
    ///   - container: The container's identifier.
    init(store: NetworkStore, container: String) {
        self.store = store
        self.container = container
    }

    func addresses(of name: String) -> [IPAddress]? {
        var found: [IPAddress] = []
        for (network, places) in networks() {
            // A name may be followed by the network's.
            let suffix = "." + network.name.lowercased()
            let short = name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name
            for place in places where place.answers(to: name) || place.answers(to: short) {
                found += place.addresses.map(\.address)
            }
        }
        return found.isEmpty ? nil : found.shuffled()
    }

    func name(of address: IPAddress) -> String? {
        for (network, places) in networks() {
            if let place = places.first(where: { $0.addresses.contains { $0.address == address } }) {
                return "\(place.name).\(network.name)"
            }
        }
        return nil
    }

    var asksOthers: Bool {
        networks().contains { !$0.0.isInternal }
    }

    /// The networks that the container is on, and who else is.
    private func networks() -> [(NetworkRecord, [NetworkEndpoint])] {
        guard let records = try? store.records() else { return [] }
        return records.compactMap { network in
            let places = endpoints(of: network.name).places
            return places[container] == nil ? nil : (network, Array(places.values))
        }
    }

    /// The file is read again only when it was replaced.
    private func endpoints(of network: String) -> NetworkEndpoints {
        let version = store.version(of: network)
        return cache.withLock { cache in
            if let known = cache[network], known.version == version { return known.endpoints }
            let read = store.endpoints(of: network)
            cache[network] = Cached(version: version, endpoints: read)
            return read
        }
    }
}
