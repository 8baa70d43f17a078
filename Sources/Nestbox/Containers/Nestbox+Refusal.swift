// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import ContainerNetwork
internal import Glibc
internal import SystemPackage
internal import VolumeStore

extension Nestbox {
    /// Refuses what can't run whatever the image is, so that no image is fetched for it.
    ///
    /// What passes may still be refused when it is made: names, ports and networks may be gone or taken by then.
    ///
    /// - Parameters:
    ///   - specification: What is to be made.
    ///   - isStarted: Whether it is to run at once, so that what it needs must be there now.
    /// - Throws: ``NestboxError``: `invalidSpecification`, `nameInUse`, `networkNotFound` or
    ///   `containerNotFound`, or `network` for an address that is not the network's.
    package func refuse(_ specification: ContainerSpecification, isStarted: Bool) throws {
        try specification.validate()
        if let name = specification.name { try refuseTakenName(name) }
        guard isStarted else { return }
        for case .bind(let path) in specification.volumes.map(\.source) { try ContainerSpecification.checkBind(path) }
        switch specification.network.mode.kind {
        case .network(let name): try refuseNetwork(name, specification.network.addresses)
        case .container(let text): _ = try container(text)
        default: break
        }
    }

    /// Refuses a network that there is not, and addresses that none of its containers could have.
    ///
    /// The engine's own network may have no subnets yet.
    private func refuseNetwork(_ name: String, _ addresses: [IPAddress]) throws {
        guard let network = try networkPlane.store.record(of: name) else {
            if name != NetworkRecord.builtInName { _ = try network(name) }
            return
        }
        for address in addresses where !network.subnets.contains(where: { $0.contains(address) }) {
            let subnets = network.subnets.map(\.description).joined(separator: " and ")
            throw NestboxError(
                .network,
                "the address \(address) is not in network '\(network.name)', which has \(subnets)"
            )
        }
    }

    /// Refuses a service that can't run whatever the image is.
    ///
    /// - Parameter specification: What is to be made.
    /// - Throws: ``NestboxError``: `invalidSpecification` or `networkNotFound`.
    package func refuse(_ specification: ServiceSpecification) throws {
        try specification.validate()
        try refuse(specification.container, isStarted: true)
    }
}

extension ContainerSpecification {
    /// Refuses what contradicts itself or a field's rules, as far as that needs no image.
    ///
    /// - Throws: ``NestboxError`` of code `invalidSpecification`, or `volume` for a volume's name.
    func validate() throws {
        try limits.validate()
        _ = try ContainerSecurity(self)
        try network.validate()
        try validateUsers()
        try health?.validate()
        for temporary in temporary { try temporary.check() }
        try refuseRepeatedTarget()
        for case .named(let name) in volumes.map(\.source) {
            do { try VolumeName.validate(name) } catch { throw NestboxError(.volume, error.message) }
        }
        if let name { try ContainerName.validate(name) }
        if let value = labels[""] {
            throw NestboxError(.invalidSpecification, "'=\(value)' is no label: nothing stands before the '='")
        }
        try ResolvedProcess.check(self)
        if case .container = network.mode.kind, !ports.isEmpty {
            throw NestboxError(.invalidSpecification, "a container that has another's network can't publish ports")
        }
    }

    /// A network belongs to the users that it was made with: those of another container have no say in it.
    private func validateUsers() throws(NestboxError) {
        guard userNamespace?.count != nil, case .container = network.mode.kind else { return }
        throw NestboxError(
            .invalidSpecification,
            "a container with users of its own can't share another's network ('\(network.mode)')"
        )
    }

    /// One of two at the same place would cover the other.
    private func refuseRepeatedTarget() throws(NestboxError) {
        var targets: Set<FilePath> = []
        for target in volumes.map(\.target) + temporary.map(\.target) {
            guard !targets.insert(FilePath(target).lexicallyNormalized()).inserted else { continue }
            throw NestboxError(
                .invalidSpecification,
                "there is more than one volume or temporary directory at '\(target)'"
            )
        }
    }

    /// A file or directory of the host that is to be attached is there.
    static func checkBind(_ path: String) throws(NestboxError) {
        guard path.hasPrefix("/") else {
            throw NestboxError(.invalidSpecification, "the host's directory '\(path)' must be an absolute path")
        }
        // Not opened: to close it would take from this process the locks it has on the file (fcntl(2)).
        guard access(path, F_OK) == 0 else {
            throw NestboxError(.invalidSpecification, "'\(path)' can't be attached: there is no such path on the host")
        }
    }
}
