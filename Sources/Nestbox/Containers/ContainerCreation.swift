// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import ContainerNetwork
internal import ImageStore
internal import SystemPackage

/// Writes a container down: checks what can be checked, takes its name and makes its directory.
///
/// Nothing runs yet.
struct ContainerCreation {
    let engine: Nestbox
    let specification: ContainerSpecification
    var service: String?
    var identifier = ContainerConfiguration.randomIdentifier()

    /// - Returns: The container's name and directory, and the lock that says it belongs to this process.
    /// - Throws: ``NestboxError``; nothing is left then.
    func run() throws -> Reservation {
        let image = try engine.findImage(specification.image, platform: specification.platform)
        let hostName = specification.hostName ?? String(identifier.prefix(12))
        let process = try ResolvedProcess(specification, on: image.defaults, hostName: hostName)
        try specification.validate()
        return try engine.reserve(
            ContainerRecord(
                identifier: identifier,
                name: specification.name ?? "",
                image: specification.image,
                imageIdentifier: "\(image.id)",
                command: process.arguments,
                createdAt: .now(),
                ports: [],
                mounts: [],
                labels: (image.defaults.labels ?? [:]).merging(specification.labels) { $1 },
                limits: specification.limits,
                service: service,
                hostName: hostName,
                isRemovedAtEnd: specification.isRemovedAtEnd,
                stopSignal: process.stopSignal.rawValue,
                stopTimeout: specification.stopTimeout ?? 10,
                state: ContainerRecord.State(),
                specification: specification
            )
        )
    }

    /// What is published: what the user said, and what the image exposes if that was asked for.
    func portMappings() throws -> [PortMapping] {
        try specification.portMappings(
            on: try engine.findImage(specification.image, platform: specification.platform).defaults
        )
    }
}

extension ContainerSpecification {
    func portMappings(on image: ImageConfiguration.Defaults) throws -> [PortMapping] {
        guard publishesExposedPorts else { return ports }
        let known = Set(ports.map { "\($0.containerPort)/\($0.transport.rawValue)" })
        let exposed = try (image.exposedPorts ?? []).sorted().flatMap { try PortMapping.parse($0) }
        return ports + exposed.filter { !known.contains("\($0.containerPort)/\($0.transport.rawValue)") }
    }
}

extension Nestbox {
    /// The image of a name or identifier, with an error that says what to do.
    func findImage(_ name: String, platform: Platform? = nil) throws -> Image {
        let image = try findAnyImage(name, platform: platform)
        let own = image.configuration.platform
        if let platform, own.distance(to: platform) == nil {
            throw NestboxError(.image, "image '\(name)' is for \(own), not for \(platform)")
        }
        return image
    }

    private func findAnyImage(_ name: String, platform: Platform?) throws -> Image {
        do {
            return try images.image(name, platform: platform ?? .current)
        } catch let error as ImageStoreError where error.code == .imageNotFound {
            throw NestboxError.missingImage(name)
        } catch {
            throw NestboxError(error, "image '\(name)' can't be used")
        }
    }
}
