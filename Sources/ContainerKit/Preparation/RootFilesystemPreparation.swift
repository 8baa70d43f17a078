// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import SystemPackage

/// Makes the root filesystem's mount, attached nowhere.
struct RootFilesystemPreparation {
    let rootFilesystem: RootFilesystem
    let fault: LaunchFault
    /// Whose files are shown as whose; `nil` for each as it is.
    var map: UserNamespaceHandle?
    /// Whether this process is in a user namespace, where an overlay's marks have to be attributes that anyone may write.
    var isNested = false

    /// The mount's descriptor.
    func open() throws -> Descriptor {
        switch rootFilesystem.source {
        case .directory(let path): try openDirectory(path)
        case .overlay(let layers, let writable): try openOverlay(layers, writable)
        }
    }

    private func openDirectory(_ path: FilePath) throws -> Descriptor {
        let operation = "clone root filesystem"
        try fault.before(operation, path)
        var isMapping = false
        do throws(Errno) {
            let mount = try Descriptor.take(nestbox_open_tree(AT_FDCWD, path.string, 1)).aboveStandardStreams()
            // Where the directory is no directory, entering it would only fail in the stage.
            let isDirectory = try FileKind(of: mount).isDirectory
            guard isDirectory else { throw Errno.notDirectory }
            if let map {
                isMapping = true
                try mount.map(by: map, recursive: true)
                isMapping = false
            }
            // Not of the host's peer group: what is mounted in the container would appear on the host. A slave has to
            // be made of what is of it still.
            let isSlave = rootFilesystem.propagation?.propagation == MountAttributes.slavePropagation
            try mount.setAttributes(
                recursive: true,
                set: rootFilesystem.allowsDevices ? 0 : MountAttributes.noDevices,
                propagation: isSlave ? MountAttributes.slavePropagation : MountAttributes.privatePropagation
            )
            return mount
        } catch {
            throw ContainerError(
                .rootFilesystem,
                "root filesystem '\(path)' can't be used" + (isMapping ? HostMountPreparation.whyNotMapped : ""),
                operation: operation,
                path: path,
                errno: error
            )
        }
    }

    private func openOverlay(_ layers: [FilePath], _ writable: RootFilesystem.WritableLayer?) throws -> Descriptor {
        let operation = "mount overlay"
        try fault.before(operation, layers.first)
        do {
            // In mapped layers it acts as whoever makes it, who has to be someone there.
            if let map { return try map.asRoot { try overlay(layers, writable, oneByOne: true) } }
            do {
                return try overlay(layers, writable, oneByOne: true)
            } catch let error as ContainerError where error.errno == .invalidArgument {
                // Before Linux 6.5 the layers are one string, and the kernel says so only when it makes the filesystem.
                return try overlay(layers, writable, oneByOne: false)
            }
        } catch let errno as Errno {
            throw ContainerError(
                .rootFilesystem,
                "overlayfs is not available",
                operation: operation,
                errno: errno
            )
        }
    }

    private func overlay(
        _ layers: [FilePath],
        _ writable: RootFilesystem.WritableLayer?,
        oneByOne: Bool
    ) throws -> Descriptor {
        let context = try Descriptor.take(nestbox_fsopen("overlay"))
        do throws(Errno) {
            return try configure(context, layers, writable, oneByOne: oneByOne)
        } catch {
            throw ContainerError(
                .rootFilesystem,
                "the root filesystem's layers can't be overlaid" + (map == nil ? "" : Self.mappedLayers)
                    + explanation(of: context),
                operation: "mount overlay",
                path: missingDirectory(layers, writable) ?? layers.first,
                errno: error
            )
        }
    }

    private func configure(
        _ context: borrowing Descriptor,
        _ layers: [FilePath],
        _ writable: RootFilesystem.WritableLayer?,
        oneByOne: Bool
    ) throws(Errno) -> Descriptor {
        var opened = OpenDirectories(map: map)
        try setLayers(context, layers, &opened, oneByOne: oneByOne)
        if let writable {
            let (upper, work) = try opened.options(for: writable)
            try context.configure("upperdir", upper)
            try context.configure("workdir", work)
            if writable.isVolatile { try context.setFlag("volatile") }
        }
        if isNested { try context.setFlag("userxattr") }
        try context.create()
        let attributes = rootFilesystem.allowsDevices ? 0 : MountAttributes.noDevices
        return try Descriptor.take(nestbox_fsmount(context.rawValue, attributes)).aboveStandardStreams()
    }

    /// One layer at a time since Linux 6.5; before, in one string.
    private func setLayers(
        _ context: borrowing Descriptor,
        _ layers: [FilePath],
        _ opened: inout OpenDirectories,
        oneByOne: Bool
    ) throws(Errno) {
        if oneByOne {
            for layer in layers { try context.configure("lowerdir+", opened.option(for: layer)) }
        } else {
            var all: [String] = []
            for layer in layers { all.append(try opened.shortOption(for: layer)) }
            try context.configure("lowerdir", all.joined(separator: ":"))
        }
    }

    private static let mappedLayers =
        " and shown as owned by others, which a container with users of its own needs: it takes Linux 6.15 and layers on"
        + " a filesystem with ID-mapped mounts"

    /// The kernel's own words on what it did not like.
    private func explanation(of context: borrowing Descriptor) -> String {
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = buffer.withUnsafeMutableBytes { try? context.borrowed.read(into: $0) } ?? 0
        guard count > 2 else { return "" }
        return ": " + String(decoding: buffer[2..<count], as: UTF8.self)
    }

    private func missingDirectory(_ layers: [FilePath], _ writable: RootFilesystem.WritableLayer?) -> FilePath? {
        let directories = layers + [writable?.upper, writable?.work].compactMap { $0 }
        return directories.first { (try? FileKind(at: $0).isDirectory) != true }
    }
}
