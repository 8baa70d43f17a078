// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import ImageStore
internal import SystemPackage

/// A file that a container has changed.
public struct FileChange: Sendable, Hashable, CustomStringConvertible {
    /// What was done to it.
    public enum Kind: String, Sendable, Hashable {
        /// It is new.
        case added = "A"
        /// It, or something in it, was changed.
        case changed = "C"
        /// It was removed.
        case deleted = "D"
    }

    /// What was done to it.
    public var kind: Kind
    /// The path from the container's root.
    public var path: String

    /// Such as `A /root/notes`.
    public var description: String { "\(kind.rawValue) \(path)" }
}

extension Nestbox {
    /// What a container has changed of its image's files, in the order of the paths.
    ///
    /// What was made for mounts is left out.
    ///
    /// - Parameter text: The container.
    /// - Returns: The changes.
    /// - Throws: ``NestboxError``.
    public func differences(_ text: String) async throws -> [FileChange] {
        let record = try container(text)
        do {
            let root = try await images.prepareRootfs(of: try images.image(record.imageIdentifier))
            let layers = root.layers.isEmpty ? [layout.emptyLayer] : root.layers
            let image = FileTree.confined(to: try OverlayMount.open(layers: layers + [layout.emptyLayer]))
            let upper = layout.container(record.identifier).upper
            var walk = DifferenceWalk(image: image, mounts: Self.mountTargets(record))
            try walk.visit(upper.string)
            return withExtendedLifetime(root) { walk.changes.sorted { $0.path < $1.path } }
        } catch {
            throw NestboxError(error, "the changes of container '\(record.name)' can't be told")
        }
    }

    /// Where something is mounted in a container.
    private static func mountTargets(_ record: ContainerRecord) -> Set<String> {
        let own = ["/proc", "/sys", "/dev", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf"]
        return Set(own + record.mounts.map(\.target) + record.specification.temporary.map(\.target))
    }
}

/// Goes through a container's own layer.
private struct DifferenceWalk {
    let image: FileTree
    let mounts: Set<String>
    var changes: [FileChange] = []

    init(image: FileTree, mounts: Set<String>) {
        self.image = image
        self.mounts = mounts
    }

    mutating func visit(_ upper: String) throws {
        let root = open(upper, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else {
            if errno == ENOENT { return }
            throw SystemFailure.last("open", FilePath(upper))
        }
        defer { close(root) }
        _ = try visit(root, path: "")
    }

    /// - Returns: Whether there was anything but what mounts left.
    private mutating func visit(_ directory: CInt, path: String) throws -> Bool {
        var hasChanges = false
        for name in try names(in: directory) {
            let full = path + "/" + name
            var status = stat()
            guard fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            if mounts.contains(full) { continue }
            hasChanges = true
            if status.st_mode & S_IFMT == S_IFCHR, status.st_rdev == 0 {
                changes.append(FileChange(kind: .deleted, path: full))
                continue
            }
            let exists = try image.exists(full)
            let isDirectory = status.st_mode & S_IFMT == S_IFDIR
            let place = changes.count
            if isDirectory {
                let inner = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                guard inner >= 0 else { continue }
                defer { close(inner) }
                let hasInner = try visit(inner, path: full)
                // A directory that was only passed through on the way to a mount has not changed.
                if !hasInner, mounts.contains(where: { $0.hasPrefix(full + "/") }) { continue }
            }
            changes.insert(FileChange(kind: exists ? .changed : .added, path: full), at: place)
        }
        return hasChanges
    }

    private func names(in directory: CInt) throws -> [String] {
        let copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else { throw SystemFailure.last("openat") }
        defer { closedir(stream) }
        return Directory.names(of: stream)
    }
}

extension FileTree {
    /// Whether there is something at a path, be it a link that leads nowhere.
    func exists(_ path: String) throws(SystemFailure) -> Bool {
        do throws(SystemFailure) {
            close(try open(path, NESTBOX_O_PATH | O_NOFOLLOW))
            return true
        } catch  where error.errno == .noSuchFileOrDirectory || error.errno == .notDirectory {
            return false
        }
    }
}
