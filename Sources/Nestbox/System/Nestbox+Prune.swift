// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ImageStore

/// What ``Nestbox/prune(allImages:volumes:)`` removed, by name.
public struct PrunedContent: Sendable, Hashable {
    /// The containers.
    public var containers: [String] = []
    /// The networks.
    public var networks: [String] = []
    /// The images.
    public var images: [String] = []
    /// The volumes.
    public var volumes: [String] = []
}

/// What ``Nestbox/pruneContainers(_:removesVolumes:)`` removed.
public struct PrunedContainers: Sendable {
    /// The containers, as they were, the newest first.
    public var removed: [ContainerRecord] = []
    /// The bytes that they took on the disk.
    public var reclaimedBytes: Int64 = 0
}

extension Nestbox {
    /// Removes containers that do not run; one that is started or removed meanwhile is passed over.
    ///
    /// - Parameters:
    ///   - filter: Which containers may go.
    ///   - removesVolumes: Whether their anonymous volumes go too.
    /// - Returns: What was removed.
    /// - Throws: ``NestboxError``.
    @discardableResult
    public func pruneContainers(
        _ filter: ContainerFilter = ContainerFilter(),
        removesVolumes: Bool = false
    ) async throws -> PrunedContainers {
        var pruned = PrunedContainers()
        for record in try containers(filter, includesStopped: true) {
            let place = layout.container(record.identifier)
            guard !FileLock.isHeld(place.lock) else { continue }
            let bytes = Directory.size(place.path)
            do {
                try await remove(record.identifier, removesVolumes: removesVolumes)
            } catch let error as NestboxError where [.running, .containerNotFound].contains(error.code) {
                continue
            }
            pruned.removed.append(record)
            pruned.reclaimedBytes += bytes
        }
        return pruned
    }

    /// Removes stopped containers, networks and images that nothing uses.
    ///
    /// - Parameters:
    ///   - allImages: Whether images with a name go too if no container was made from them.
    ///   - volumes: Whether volumes that nobody named go too, with the containers that they belong to.
    /// - Returns: What was removed.
    /// - Throws: ``NestboxError``.
    public func prune(allImages: Bool = false, volumes: Bool = false) async throws -> PrunedContent {
        var pruned = PrunedContent()
        let removed = try await pruneContainers(removesVolumes: volumes).removed
        pruned.containers = removed.map(\.name)
        if volumes { pruned.volumes = removed.flatMap(\.mounts).compactMap(\.volume).filter { $0.count == 64 } }
        pruned.networks = try await pruneNetworks()
        do {
            let used = Set(try containers().map(\.imageIdentifier))
            for image in try images.images() where !isUsed(image, by: used) {
                guard allImages || image.reference == nil else { continue }
                _ = try await images.remove(image)
                pruned.images.append(image.reference?.familiar ?? "\(image.id)")
            }
            return pruned
        } catch {
            throw NestboxError(error, "unused images can't be removed")
        }
    }
}
