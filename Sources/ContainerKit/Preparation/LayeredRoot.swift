// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import SystemPackage

/// A root filesystem that the stage will mount, as its directories show it before.
struct LayeredRoot {
    /// The directories, the topmost first.
    private let directories: [FilePath]
    /// What the stage mounts.
    let mount: LaunchInputs.StageRoot

    /// - Throws: ``ContainerError`` for a directory that is none, or a path that the kernel does not take.
    init(_ rootFilesystem: RootFilesystem, kernel: SeccompProfile.KernelVersion, fault: LaunchFault) throws {
        switch rootFilesystem.source {
        case .directory(let path):
            directories = [path]
            mount = .directory(path)
        case .overlay(let layers, let writable):
            directories = (writable.map { [$0.upper] } ?? []) + layers
            mount = .overlay(Self.options(layers, writable, kernel: kernel))
        }
        for directory in directories {
            try fault.before("look at root filesystem", directory)
            try Self.check(directory)
        }
        guard case .overlay(let options) = mount else { return }
        // What `fsconfig(2)` takes as a string.
        if let long = options.first(where: { $0.value.utf8.count > 255 }) {
            throw ContainerError(
                .unsupported,
                "the root filesystem's paths are too long: without root the kernel takes 255 bytes",
                operation: "overlay option \(long.key)",
                path: directories.first
            )
        }
    }

    /// The options of an overlay in a user namespace: its marks are in attributes that anyone may write.
    static func options(
        _ layers: [FilePath],
        _ writable: RootFilesystem.WritableLayer?,
        kernel: SeccompProfile.KernelVersion
    ) -> [Mount.FilesystemOption] {
        var options: [Mount.FilesystemOption] = []
        if kernel >= SeccompProfile.KernelVersion(6, 5) {
            options = layers.map { Mount.FilesystemOption("lowerdir+", $0.string) }
        } else {
            options = [Mount.FilesystemOption("lowerdir", layers.map(\.string).joined(separator: ":"))]
        }
        if let writable {
            options.append(Mount.FilesystemOption("upperdir", writable.upper.string))
            options.append(Mount.FilesystemOption("workdir", writable.work.string))
            if writable.isVolatile { options.append(Mount.FilesystemOption("volatile")) }
        }
        return options + [Mount.FilesystemOption("userxattr")]
    }

    private static func check(_ directory: FilePath) throws {
        do throws(Errno) {
            let isDirectory = try FileKind(at: directory).isDirectory
            if !isDirectory { throw Errno.notDirectory }
        } catch {
            throw ContainerError(
                .rootFilesystem,
                "root filesystem '\(directory)' can't be used",
                operation: "look at root filesystem",
                path: directory,
                errno: error
            )
        }
    }

    /// The text of a file, of the topmost directory that has it; empty if none has.
    func text(of path: FilePath) throws(Errno) -> String {
        for directory in directories {
            let flags = UInt64(NESTBOX_O_PATH | O_DIRECTORY | O_CLOEXEC)
            let root = try Descriptor.take(nestbox_openat2(AT_FDCWD, directory.string, flags, 0, 0))
            if let text = try ContainerFile.textIfThere(of: path, in: root) { return text }
            if hides(path, in: directory) { return "" }
        }
        return ""
    }

    /// Whether what lower layers have at this path is out of sight: removed, or in a directory that was replaced.
    private func hides(_ path: FilePath, in directory: FilePath) -> Bool {
        var place = directory
        for component in path.components {
            place.append(component)
            var status = stat()
            guard lstat(place.string, &status) == 0 else { return false }
            if status.st_mode & S_IFMT == S_IFCHR, status.st_rdev == 0 { return true }
            // A link leads elsewhere, in this directory or in others; it hides nothing itself.
            if status.st_mode & S_IFMT == S_IFLNK { return false }
            var mark: UInt8 = 0
            if lgetxattr(place.string, "user.overlay.opaque", &mark, 1) == 1, mark == UInt8(ascii: "y") { return true }
        }
        return false
    }
}
