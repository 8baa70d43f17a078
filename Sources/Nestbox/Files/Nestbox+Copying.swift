// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import ImageStore
internal import SystemPackage

/// A file or directory, of the host or of a container: what `cp` takes.
public struct CopyPlace: Sendable, Hashable, CustomStringConvertible {
    /// The container; `nil` for the host.
    public var container: String?
    /// The path; of a container it begins at its root.
    public var path: String

    /// Names a place.
    ///
    /// - Parameters:
    ///   - path: The path.
    ///   - container: The container; `nil` for the host.
    public init(_ path: String, in container: String? = nil) {
        self.path = path
        self.container = container
    }

    /// The place as `cp` takes it.
    public var description: String { container.map { "\($0):\(path)" } ?? path }
}

extension Nestbox {
    /// Copies a file or a directory between a container and the host, or between two containers.
    ///
    /// As with Docker: a directory goes *into* a target that is a directory, its content if the source ends with `/.`.
    /// Links are copied as links. A container need not run; the files of its volumes are only seen while it does.
    ///
    /// - Parameters:
    ///   - source: What is copied.
    ///   - target: Where it goes.
    ///   - keepsOwners: Whether owners are kept; what is copied belongs to the present user otherwise.
    /// - Returns: Names of devices and sockets, which are not copied.
    /// - Throws: ``NestboxError`` of code `copy` or `containerNotFound`.
    @discardableResult
    public func copy(
        from source: CopyPlace,
        to target: CopyPlace,
        keepsOwners: Bool = false
    ) async throws -> [String] {
        do {
            let from = try await files(of: source)
            let to = try await files(of: target)
            defer { withExtendedLifetime((from, to)) {} }
            var transfer = TreeTransfer(keepsOwners: keepsOwners, from: from.tree.owners, to: to.tree.owners)
            try to.tree.owners.asRoot {
                try transfer.copy(source.rooted, in: from.tree, to: target.rooted, in: to.tree)
            }
            return transfer.leftOut
        } catch let error as NestboxError {
            throw error
        } catch let failure as SystemFailure {
            let reason = failure.copyingReason
            throw NestboxError(.copy, "'\(source)' can't be copied to '\(target)': \(reason)", cause: failure.errno)
        } catch {
            throw NestboxError(.copy, "'\(source)' can't be copied to '\(target)'", cause: error)
        }
    }

    /// A container's files as it sees them; of one that does not run its image and its own layer.
    func files(of place: CopyPlace) async throws -> (tree: FileTree, hold: (any Sendable)?) {
        guard let name = place.container else { return (.host, nil) }
        let record = try container(name)
        if let process = record.state.process, let handle = ProcessHandle(process) {
            let tree = try FileTree.ofProcess(process.pid, users: record.users)
            guard handle.isAlive else { throw NestboxError(.notRunning, "container '\(name)' has just ended") }
            return (tree, nil)
        }
        let root = try await images.prepareRootfs(of: try images.image(record.imageIdentifier))
        let directory = layout.container(record.identifier)
        let layers = root.layers.isEmpty ? [layout.emptyLayer] : root.layers
        try directory.prepare(hostName: record.hostName)
        let mount = try OverlayMount.open(layers: layers, upper: directory.upper, work: directory.work)
        return (.confined(to: mount), root)
    }
}

extension CopyPlace {
    /// A container's path from its root.
    fileprivate var rooted: String {
        guard container != nil, !path.hasPrefix("/") else { return path.isEmpty ? "." : path }
        return "/" + path
    }
}

extension TreeTransfer {
    /// Copies by Docker's rules about what the target is.
    mutating func copy(_ source: String, in from: FileTree, to target: String, in to: FileTree) throws {
        let (parent, name) = Self.split(source)
        // The directory itself is meant: its content goes to the target.
        guard let name else {
            let directory = try from.open(source, O_RDONLY | O_DIRECTORY)
            defer { close(directory) }
            let destination = try Self.openOrMake(target, in: to)
            defer { close(destination) }
            return try copyContents(of: directory, to: destination)
        }
        let directory = try from.open(parent, O_RDONLY | O_DIRECTORY)
        defer { close(directory) }
        if try to.kind(target) == S_IFDIR {
            let destination = try to.open(target, O_RDONLY | O_DIRECTORY)
            defer { close(destination) }
            return try copy(name, in: directory, to: name, in: destination)
        }
        let (targetParent, targetName) = Self.split(target)
        guard let targetName, !target.hasSuffix("/") else {
            throw NestboxError(.copy, "no such directory: \(target)")
        }
        let destination = try to.open(targetParent, O_RDONLY | O_DIRECTORY)
        defer { close(destination) }
        try copy(name, in: directory, to: targetName, in: destination)
    }

    private static func openOrMake(_ path: String, in tree: FileTree) throws -> CInt {
        if try tree.kind(path) != nil { return try tree.open(path, O_RDONLY | O_DIRECTORY) }
        let (parent, name) = split(path)
        guard let name else { return try tree.open(path, O_RDONLY | O_DIRECTORY) }
        let directory = try tree.open(parent, O_RDONLY | O_DIRECTORY)
        defer { close(directory) }
        guard mkdirat(directory, name, 0o755) == 0 else { throw SystemFailure.last("mkdirat", FilePath(path)) }
        let made = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard made >= 0 else { throw SystemFailure.last("openat", FilePath(path)) }
        return made
    }

    /// The directory of a path and the name in it; no name where the path means a directory itself.
    private static func split(_ path: String) -> (parent: String, name: String?) {
        var trimmed = path[...]
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
        let start = trimmed.lastIndex(of: "/").map { trimmed.index(after: $0) } ?? trimmed.startIndex
        let name = String(trimmed[start...])
        guard !["", ".", ".."].contains(name) else { return (String(trimmed), nil) }
        let parent = String(trimmed[..<start])
        return (parent.isEmpty ? "." : parent, name)
    }
}
