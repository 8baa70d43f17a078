// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The names that one container sees: those of the containers that share a network with it.
public protocol NameDirectory: Sendable {
    /// The addresses of a name.
    ///
    /// - Parameter name: The name, in lower case.
    /// - Returns: The addresses, IPv4 and IPv6; nil if there is no such name here.
    func addresses(of name: String) -> [IPAddress]?

    /// The name of an address.
    ///
    /// - Parameter address: The address.
    /// - Returns: The name; nil if the address is none of a container's.
    func name(of address: IPAddress) -> String?

    /// Whether other names may be asked for outside: not if the container only has networks that lead nowhere.
    var asksOthers: Bool { get }
}

/// What is done with a query; pure.
enum NameDecision: Hashable {
    /// It is answered with what is known here.
    case answer(NameAnswer)
    /// Others are asked.
    case forward

    init(_ query: NameQuery, in directory: some NameDirectory, canForward: Bool) {
        guard query.recordClass == NameQuery.internet else {
            self = .answer(NameAnswer(outcome: .refused))
            return
        }
        if let known = Self.lookUp(query, in: directory) {
            self = .answer(known)
        } else if !canForward || !directory.asksOthers {
            self = .answer(NameAnswer(outcome: .serverFailure))
        } else {
            self = .forward
        }
    }

    private static func lookUp(_ query: NameQuery, in directory: some NameDirectory) -> NameAnswer? {
        if query.type == NameQuery.pointerType {
            guard let address = query.pointedAddress, let name = directory.name(of: address) else { return nil }
            return NameAnswer(outcome: .found, records: [.pointer(name)])
        }
        guard let addresses = directory.addresses(of: query.name) else { return nil }
        // A known name without an address of this kind is no reason to ask others: it is an empty answer.
        let fitting = addresses.filter { address in
            switch query.type {
            case NameQuery.ipv4Type: !address.isIPv6
            case NameQuery.ipv6Type: address.isIPv6
            case NameQuery.anyType: true
            default: false
            }
        }
        return NameAnswer(outcome: .found, records: fitting.map { .address($0) })
    }
}
