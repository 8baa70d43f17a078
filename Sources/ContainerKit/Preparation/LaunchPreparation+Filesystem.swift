// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import SystemPackage

extension LaunchPreparation {
    /// The root filesystem and the mounts of a launch, and what the container's files say of its user.
    struct Filesystem {
        var root: Slot
        var stageRoot: LaunchInputs.StageRoot?
        var mounts: [Int: LaunchInputs.PreparedMount]
        var identity: ProcessIdentity
    }

    /// Mounts what the container gets, or without rights looks at what the stage will mount.
    func prepareFilesystem(
        _ parts: LaunchParts,
        _ mounts: HostMountPreparation,
        _ slots: inout DescriptorTable
    ) throws -> Filesystem {
        guard rights.maySetUp else { return try describeFilesystem(parts, &slots) }
        let root = try openRoot()
        let identity = try parts.resolveIdentity { path throws(Errno) in try ContainerFile.text(of: path, in: root) }
        var prepared = try prepareMounts(mounts, &slots)
        try prepareCopies(root, &slots, &prepared)
        return Filesystem(root: slots.add(root), mounts: prepared, identity: identity)
    }

    private func describeFilesystem(_ parts: LaunchParts, _ slots: inout DescriptorTable) throws -> Filesystem {
        let root = try LayeredRoot(configuration.rootFilesystem, kernel: .running, fault: fault)
        let identity = try parts.resolveIdentity { path throws(Errno) in try root.text(of: path) }
        var prepared: [Int: LaunchInputs.PreparedMount] = [:]
        for (index, mount) in configuration.mounts.enumerated() {
            guard case .bind(let source, _) = mount.source else { continue }
            let isDirectory = try kind(of: source).isDirectory
            prepared[index] = .init(mount: slots.addEmpty(), isDirectory: isDirectory, isLeftToStage: true)
        }
        return Filesystem(root: slots.addEmpty(), stageRoot: root.mount, mounts: prepared, identity: identity)
    }

    private func kind(of source: FilePath) throws -> FileKind {
        let operation = "look at bind mount source"
        try fault.before(operation, source)
        do throws(Errno) {
            return try FileKind(at: source)
        } catch {
            throw ContainerError(
                .mount,
                "bind mount source '\(source)' can't be used",
                operation: operation,
                path: source,
                errno: error
            )
        }
    }

    private func prepareMounts(
        _ mounts: HostMountPreparation,
        _ slots: inout DescriptorTable
    ) throws -> [Int: LaunchInputs.PreparedMount] {
        var prepared: [Int: LaunchInputs.PreparedMount] = [:]
        for (index, mount) in configuration.mounts.enumerated() {
            let clone: ClonedMount
            switch mount.source {
            case .bind(let source, let recursive):
                let map = configuration.identityMap(of: mount).flatMap { maps[$0] }
                clone = try mounts.bind(source, recursive: recursive, mount: mount, map: map)
            case .prepared(let descriptor): clone = try mounts.prepared(descriptor, mount)
            default: continue
            }
            let isDirectory = clone.isDirectory
            prepared[index] = .init(mount: slots.add(clone.descriptor), isDirectory: isDirectory)
        }
        return prepared
    }

    private func openRoot() throws -> Descriptor {
        try RootFilesystemPreparation(
            rootFilesystem: configuration.rootFilesystem,
            fault: fault,
            map: configuration.mapsFiles ? configuration.namespaces.user.flatMap { maps[$0] } : nil,
            isNested: rights.isNested
        ).open()
    }

    /// Memory that begins with what the root filesystem has in its place.
    private func prepareCopies(
        _ root: borrowing Descriptor,
        _ slots: inout DescriptorTable,
        _ prepared: inout [Int: LaunchInputs.PreparedMount]
    ) throws {
        for (index, mount) in configuration.mounts.enumerated() where mount.options.contains(.copiesUp) {
            guard case .filesystem("tmpfs", let options) = mount.source else { continue }
            try fault.before("copy up", mount.target)
            let copy = try CopyUp(target: mount.target, options: options, attributes: mount.attributes).make(from: root)
            prepared[index] = .init(mount: slots.add(copy), isDirectory: true)
        }
    }
}
