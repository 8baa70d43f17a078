// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import Synchronization
internal import SystemPackage
internal import VolumeStore

/// Attaches volumes to a container that is being launched, and takes all of it back if that fails.
final class VolumeAttaching: Sendable {
    /// Something attached: for the kernel, and for the record.
    struct Attached {
        var mount: Mount
        var point: MountPoint
    }

    private let volumes: VolumeStore
    private let owner: String
    private let made = Mutex<[String]>([])

    /// Prepares for a container.
    ///
    /// - Parameters:
    ///   - volumes: The store.
    ///   - owner: The container's identifier.
    init(volumes: VolumeStore, owner: String) {
        self.volumes = volumes
        self.owner = owner
    }

    /// Attaches all of it, in this order.
    ///
    /// - Parameters:
    ///   - attachments: What is attached.
    ///   - layers: The image's layers, topmost first, whose content new volumes receive.
    /// - Returns: The mounts, in the same order.
    /// - Throws: ``NestboxError`` or `VolumeError`; ``undo()`` takes back what was done until then.
    func attach(_ attachments: [VolumeAttachment], layers: [FilePath]) async throws -> [Attached] {
        guard !attachments.isEmpty else { return [] }
        let view = try ImageView(layers: layers)
        var attached: [Attached] = []
        for attachment in attachments {
            switch attachment.source {
            case .bind(let path): attached.append(try bind(path, attachment))
            case .named(let name): attached.append(try await mount(try await open(name), attachment, view))
            case .anonymous:
                let volume = try await volumes.create(VolumeRequest(container: owner))
                attached.append(try await mount(volume.name, attachment, view))
            }
        }
        return attached
    }

    /// Gives the volumes back and removes those that were made for this.
    func undo() async {
        try? await volumes.releaseAll(owner: owner)
        for name in made.withLock({ $0 }) { try? await volumes.remove(name) }
    }

    private func bind(_ path: String, _ attachment: VolumeAttachment) throws -> Attached {
        try ContainerSpecification.checkBind(path)
        return Attached(attachment, source: FilePath(path), volume: nil)
    }

    /// The volume of that name, made if there is none.
    private func open(_ name: String) async throws -> String {
        do {
            return try await volumes.volume(named: name).name
        } catch {
            guard error.code == .notFound else { throw error }
        }
        let volume = try await volumes.create(VolumeRequest(name: name))
        made.withLock { $0.append(name) }
        return volume.name
    }

    private func mount(
        _ name: String,
        _ attachment: VolumeAttachment,
        _ view: borrowing ImageView
    ) async throws -> Attached {
        let content = attachment.copiesUp ? try view.open(attachment.target) : nil
        defer { try? content?.close() }
        let mounted = try await volumes.mount(
            name,
            owner: .thisProcess(id: owner),
            access: attachment.isReadOnly ? .readOnly : .readWrite,
            copyingUp: content
        )
        return Attached(attachment, source: mounted.source, volume: name)
    }
}

extension VolumeAttaching.Attached {
    fileprivate init(_ attachment: VolumeAttachment, source: FilePath, volume: String?) {
        let target = FilePath(attachment.target)
        mount = .bind(source, at: target, options: attachment.isReadOnly ? [.readOnly] : [])
        point = MountPoint(
            volume: volume,
            source: source.string,
            target: attachment.target,
            isReadOnly: attachment.isReadOnly
        )
    }
}
