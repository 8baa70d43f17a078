// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import SystemPackage

/// Makes the root filesystem's mount, attached nowhere.
struct RootFilesystemPreparation {
    let rootFilesystem: RootFilesystem
    let fault: LaunchFault

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
        do throws(Errno) {
            let mount = try Descriptor.take(nestbox_open_tree(AT_FDCWD, path.string, 1)).aboveStandardStreams()
            // Where the directory is no directory, entering it would only fail in the stage.
            let isDirectory = try FileKind(of: mount).isDirectory
            guard isDirectory else { throw Errno.notDirectory }
            try mount.setAttributes(recursive: true, set: MountAttributes.noDevices)
            return mount
        } catch {
            throw ContainerError(
                .rootFilesystem,
                "root filesystem '\(path)' can't be used",
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
            let context = try Descriptor.take(nestbox_fsopen("overlay"))
            do throws(Errno) {
                return try configure(context, layers, writable)
            } catch {
                throw ContainerError(
                    .rootFilesystem,
                    "the root filesystem's layers can't be overlaid" + explanation(of: context),
                    operation: operation,
                    path: missingDirectory(layers, writable) ?? layers.first,
                    errno: error
                )
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

    private func configure(
        _ context: borrowing Descriptor,
        _ layers: [FilePath],
        _ writable: RootFilesystem.WritableLayer?
    ) throws(Errno) -> Descriptor {
        var opened = OpenDirectories()
        try setLayers(context, layers, &opened)
        if let writable {
            try context.configure("upperdir", opened.option(for: writable.upper))
            try context.configure("workdir", opened.option(for: writable.work))
            if writable.isVolatile { try context.setFlag("volatile") }
        }
        try context.create()
        let attributes = MountAttributes.noDevices
        return try Descriptor.take(nestbox_fsmount(context.rawValue, attributes)).aboveStandardStreams()
    }

    /// One layer at a time since Linux 6.5; before, in one string.
    private func setLayers(
        _ context: borrowing Descriptor,
        _ layers: [FilePath],
        _ opened: inout OpenDirectories
    ) throws(Errno) {
        for (index, layer) in layers.enumerated() {
            let option = try opened.option(for: layer)
            do {
                try context.configure("lowerdir+", option)
            } catch  where index == 0 && error == .invalidArgument {
                var all: [String] = []
                for layer in layers { all.append(try opened.shortOption(for: layer)) }
                try context.configure("lowerdir", all.joined(separator: ":"))
                return
            }
        }
    }

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

/// Directories by short names: an option's value is limited to 255 bytes.
private struct OpenDirectories: ~Copyable {
    private var descriptors: [CInt] = []

    /// The path itself, or where it is too long, one by way of an open descriptor.
    mutating func option(for path: FilePath) throws(Errno) -> String {
        path.string.utf8.count < 256 ? path.string : try shortOption(for: path)
    }

    /// A short path by way of an open descriptor; it has neither colons nor commas.
    mutating func shortOption(for path: FilePath) throws(Errno) -> String {
        let descriptor = try Descriptor.take(
            nestbox_openat2(AT_FDCWD, path.string, UInt64(NESTBOX_O_PATH | O_DIRECTORY | O_CLOEXEC), 0, 0)
        ).release()
        descriptors.append(descriptor)
        return "/proc/self/fd/\(descriptor)"
    }

    deinit {
        for descriptor in descriptors { _ = Descriptor(owning: descriptor) }
    }
}
