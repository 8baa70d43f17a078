// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CLinux
import Glibc
import SystemPackage

/// A directory taken as the root of a tree that may be hostile: no path and no link in it leads out.
///
/// The kernel resolves each path below the directory's descriptor (`openat2(2)` with `RESOLVE_IN_ROOT`), so there is no
/// moment between a check and its use.
final class TreeRoot: Sendable {
    /// A place in the tree: a directory, and a name in it that may stand for nothing yet.
    struct Place {
        var directory: OpenFile
        var name: FileName
        var status: FileStatus?
    }

    /// The root's directory.
    let directory: OpenFile
    /// What keeps the tree there: a mount, layers.
    private let holds: [any Sendable]

    /// Links in a row that are followed before it is taken for a circle, as in the kernel.
    private static let maxLinks = 40

    init(_ directory: OpenFile, holding holds: [any Sendable] = []) {
        self.directory = directory
        self.holds = holds
    }

    /// Opens a directory of the host.
    convenience init(path: FilePath, holding holds: [any Sendable] = []) throws(ImageBuilderError) {
        let number = try SystemCall.check("open", path.string) {
            Glibc.open(path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        self.init(OpenFile(owning: number), holding: holds)
    }

    /// Opens a path; links are followed within the tree.
    ///
    /// - Returns: `nil` if there is no such thing.
    func open(_ path: FileName, _ flags: CInt) throws(ImageBuilderError) -> OpenFile? {
        switch attempt(path, flags) {
        case .success(let file): return file
        case .failure(.noSuchFileOrDirectory), .failure(.notDirectory): return nil
        case .failure(let reason): throw SystemCall.failure("openat2", path.description, reason)
        }
    }

    /// The directory at a path, on which links are followed within the tree; what is missing of it is made.
    ///
    /// `made` is called with each directory that was made.
    func makeDirectory(
        _ path: FileName,
        made: (OpenFile) throws(ImageBuilderError) -> Void
    ) throws(ImageBuilderError) -> OpenFile {
        try makeDirectory(path, links: 0, made: made)
    }

    private func makeDirectory(
        _ path: FileName,
        links: Int,
        made: (OpenFile) throws(ImageBuilderError) -> Void
    ) throws(ImageBuilderError) -> OpenFile {
        switch attempt(path, O_RDONLY | O_DIRECTORY) {
        case .success(let file): return file
        case .failure(.noSuchFileOrDirectory): break
        case .failure(let reason): throw SystemCall.failure("openat2", path.description, reason)
        }
        let (parent, name) = path.split
        guard !name.isEmpty, !name.isDots, links < Self.maxLinks else {
            if name.isEmpty, !parent.isEmpty { return try makeDirectory(parent, links: links, made: made) }
            throw SystemCall.failure(
                "openat2",
                path.description,
                links < Self.maxLinks ? .noSuchFileOrDirectory : .tooManySymbolicLinkLevels
            )
        }
        let directory = try makeDirectory(parent, links: links, made: made)
        if let status = try directory.status(of: name), status.isLink {
            // A link to what is not there yet.
            let target = FileName(try SystemCall.readLink(directory.number, name))
            return try makeDirectory(Self.follow(target, from: parent), links: links + 1, made: made)
        }
        try SystemCall.check("mkdirat", path.description) { mkdirat(directory.number, name.bytes, 0o755) }
        guard let file = try directory.open(name, O_RDONLY | O_DIRECTORY) else {
            throw SystemCall.failure("openat", path.description, .noSuchFileOrDirectory)
        }
        // Whatever the process's mask.
        try SystemCall.check("fchmod", path.description) { fchmod(file.number, 0o755) }
        try made(file)
        return file
    }

    /// Where a path leads: links are followed to their end, also the last component, and within the tree.
    ///
    /// The directory above it has to exist.
    func locate(_ path: FileName) throws(ImageBuilderError) -> Place {
        var path = path
        for _ in 0..<Self.maxLinks {
            let (parent, name) = path.split
            switch attempt(parent, O_RDONLY | O_DIRECTORY) {
            case .success(let directory):
                if name.isEmpty || name.isDots {
                    // A path that ends in a directory itself.
                    guard let whole = try open(path, O_RDONLY | O_DIRECTORY) else {
                        throw SystemCall.failure("openat2", path.description, .noSuchFileOrDirectory)
                    }
                    return Place(directory: whole, name: FileName("."), status: try whole.status())
                }
                let status = try directory.status(of: name)
                guard let status, status.isLink else { return Place(directory: directory, name: name, status: status) }
                path = Self.follow(FileName(try SystemCall.readLink(directory.number, name)), from: parent)
            case .failure(let reason): throw SystemCall.failure("openat2", parent.description, reason)
            }
        }
        throw SystemCall.failure("openat2", path.description, .tooManySymbolicLinkLevels)
    }

    /// The part of a path that exists, and the first component that does not.
    ///
    /// - Returns: The directory's path without links in it, and the missing name; the name is nil if all is there.
    func firstMissing(of path: String) throws(ImageBuilderError) -> (directory: String, name: FileName?) {
        var done = FileName("")
        let components = path.split(separator: "/").map { FileName(String($0)) }
        for component in components {
            let next = done.appending(component)
            if try open(next, O_PATH) == nil { return (try realPath(done), component) }
            done = next
        }
        return (try realPath(done), nil)
    }

    private func realPath(_ path: FileName) throws(ImageBuilderError) -> String {
        guard let file = try open(path, O_PATH) else { return "/" }
        let root = try directory.realPath()
        let real = try file.realPath()
        guard root != "/", real.hasPrefix(root) else { return real }
        return real == root ? "/" : String(real.dropFirst(root.count))
    }

    private static func follow(_ target: FileName, from parent: FileName) -> FileName {
        target.content.first == CChar(bitPattern: UInt8(ascii: "/")) ? target : parent.appending(target)
    }

    private func attempt(_ path: FileName, _ flags: CInt) -> Result<OpenFile, Errno> {
        let path = path.isEmpty ? FileName(".") : path
        let resolve = UInt64(NESTBOX_RESOLVE_IN_ROOT | NESTBOX_RESOLVE_NO_MAGICLINKS)
        while true {
            let result = nestbox_openat2(directory.number, path.bytes, UInt64(flags | O_CLOEXEC), 0, resolve)
            if result >= 0 { return .success(OpenFile(owning: result)) }
            // EAGAIN: something was renamed during the walk, so the kernel could not vouch for the result.
            if -result != EINTR, -result != EAGAIN { return .failure(Errno(rawValue: -result)) }
        }
    }
}
