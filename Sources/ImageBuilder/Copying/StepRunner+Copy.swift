// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import ImageStore
import SystemPackage

extension StepRunner {
    /// Does a `COPY` or an `ADD`.
    func perform(_ copying: FileCopying, _ state: inout StageState) async throws {
        var mode: ModeChange?
        if let text = copying.chmod { mode = try ModeChange(text) }
        let items = try await items(of: copying)
        let destination = copying.destination(in: state.evaluator.scope.workingDirectory)
        let epoch = plan.epoch
        let action = CacheStep.Files(
            sources: items.map { .init(name: $0.name.description, content: $0.content) },
            destination: destination,
            chown: copying.chown,
            chmod: copying.chmod,
            keepsParents: copying.keepsParents,
            unpacks: items.contains { $0.archive != nil || $0.remote != nil && copying.unpacks.remote },
            time: epoch.map(UInt64.init)
        )
        var placement = CopyPlacement(
            items: items,
            destination: destination,
            chown: copying.chown,
            mode: mode,
            time: epoch.map { .init(seconds: $0, nanoseconds: 0) },
            isIndependent: copying.isIndependent
        )
        let session = run.session
        let limits = run.builder.store.limits
        try await layer(.files(action), isIndependent: copying.isIndependent, &state) { upper, lower in
            let work = try session.makeDirectory()
            for (index, item) in items.enumerated() where item.tree == nil {
                if let remote = item.remote {
                    placement.items[index] = try await fetch(remote, for: copying)
                } else if let source = item.repository {
                    placement.items[index] = try await fetchRepository(source, for: copying)
                }
            }
            var unpacked: [Int: FilePath] = [:]
            for (index, item) in placement.items.enumerated() {
                guard let archive = item.archive else { continue }
                let directory = try session.makeDirectory()
                try await LayerArchive.unpack(archive, into: directory, limits: limits)
                unpacked[index] = directory
            }
            let (archives, ready) = (unpacked, placement)
            try await CancellationFlag.with { flag in
                try await OwnThread.run {
                    let lower = copying.isIndependent ? [] : lower
                    let root = try TreeRoot.writable(over: lower, upper: upper, work: work)
                    try ready.perform(into: root, archives: archives, cancellation: flag)
                }
            }
            for directory in unpacked.values { try? StepRunner.discard(directory) }
        }
    }

    /// Removes a directory of the session before its end.
    static func discard(_ directory: FilePath) throws {
        let parent = try TreeRoot(path: directory.removingLastComponent())
        if let name = directory.lastComponent { try parent.directory.remove(FileName(name.string)) }
    }

    /// What is copied, in its order: paths, then here-documents.
    private func items(of copying: FileCopying) async throws -> [CopyItem] {
        var items: [CopyItem] = []
        let excludes = copying.excludes.isEmpty ? nil : try IgnoreFile.make(patterns: copying.excludes)
        let local = copying.sources.paths.filter { RemoteAddress.kind(of: $0) == nil }
        var selected: [String: [CopyItem]] = [:]
        if !local.isEmpty {
            selected = try await CancellationFlag.with { flag in
                let selector = try await selector(of: copying.origin, cancellation: flag)
                return try await OwnThread.run {
                    try local.reduce(into: [:]) { selected, source in
                        selected[source] = try Self.items(source, of: copying, selector, excludes)
                    }
                }
            }
        }
        for source in copying.sources.paths {
            if let found = selected[source] {
                items += found
            } else {
                items.append(try await remoteItem(source, of: copying))
            }
        }
        for file in copying.sources.files { items.append(try inlineItem(file)) }
        return items
    }

    private static func items(
        _ source: String,
        of copying: FileCopying,
        _ selector: TreeSelector,
        _ excludes: IgnoreFile?
    ) throws -> [CopyItem] {
        let trees =
            try copying.keepsParents
            ? selector.selectWithParents(source, excluding: excludes)
            : selector.select(source, excluding: excludes)
        return try trees.map { tree in
            let content = try TreeDigest.digest(of: tree, cancellation: selector.cancellation)
            let file = FilePath(tree.top.processPath)
            let isArchive = copying.unpacks.local && tree.status.isFile && LayerArchive.isArchive(file)
            return CopyItem(name: tree.name, tree: tree, content: content, archive: isArchive ? file : nil)
        }
    }

    private func inlineItem(_ file: Instruction.Sources.InlineFile) throws -> CopyItem {
        let directory = try run.session.makeDirectory()
        let root = try TreeRoot(path: directory)
        guard !file.name.contains("/"), let name = FilePath.Component(file.name), name.kind == .regular else {
            throw ImageBuilderError(.invalidArgument, "a here-document can't be a file named \(file.name.inQuotes)")
        }
        let made = try root.directory.create(FileName(file.name))
        try Array(file.content.utf8).withUnsafeBytes { try made.write($0) }
        try SystemCall.check("fchmod", file.name) { fchmod(made.number, 0o644) }
        return try item(FileName(file.name), in: root)
    }

    /// A file that is fetched; one whose content is known is fetched only if the step was not done before.
    private func remoteItem(_ address: String, of copying: FileCopying) async throws -> CopyItem {
        if RemoteAddress.kind(of: address) == .git { return try await repositoryItem(address, of: copying) }
        guard let checksum = copying.checksum else { return try await fetch(address, for: copying) }
        let name = FileName(RemoteAddress.fileName(of: address))
        return CopyItem(name: name, content: try Digest(checksum).description, remote: address)
    }

    private func fetch(_ address: String, for copying: FileCopying) async throws -> CopyItem {
        guard let fetcher = run.builder.remoteSources else {
            throw ImageBuilderError(.unsupported, "\(address.inQuotes) can't be added: this build fetches nothing")
        }
        let directory = try run.session.makeDirectory()
        let name = FileName(RemoteAddress.fileName(of: address))
        let path = directory.appending(name.description)
        let source: RemoteSource
        do {
            source = try await fetcher.fetch(address, to: path)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw ImageBuilderError(.remoteSource, "\(address.inQuotes) can't be fetched: \(error)")
        }
        let root = try TreeRoot(path: directory)
        guard let place = try root.open(name, O_PATH), try place.status().isFile else {
            throw ImageBuilderError(.remoteSource, "\(address.inQuotes) was not fetched")
        }
        let file = try place.reopened()
        if let checksum = copying.checksum { try await Self.verify(file, is: checksum, address) }
        try SystemCall.check("fchmod", path.string) { fchmod(file.number, 0o600) }
        let modified = source.modified ?? 0
        try TreeCopier.setTime(.init(seconds: modified, nanoseconds: 0), of: file)
        var item = try item(name, in: root)
        // The file's time is what its server says, so it is part of what is added.
        item.content += " \(modified)"
        if copying.unpacks.remote, LayerArchive.isArchive(path) { item.archive = path }
        return item
    }

    private static func verify(_ file: OpenFile, is checksum: String, _ address: String) async throws {
        let wanted = try Digest(checksum)
        let actual = try await OwnThread.run {
            let hash = SHA256()
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 4_096)
            defer { buffer.deallocate() }
            try file.read(through: buffer) { (part) throws(ImageBuilderError) in hash.update(part) }
            return Hexadecimal.text(hash.finalize())
        }
        guard actual == wanted.hex else {
            throw ImageBuilderError(
                .remoteSource,
                "\(address.inQuotes) has the digest sha256:\(actual), not \(checksum)"
            )
        }
    }

    private func item(_ name: FileName, in root: TreeRoot) throws -> CopyItem {
        let selector = TreeSelector(root: root, owner: .root, cancellation: CancellationFlag())
        guard let tree = try selector.selectFile(name) else {
            throw ImageBuilderError(.sourceNotFound, "\(name.description.inQuotes) does not exist")
        }
        return CopyItem(
            name: name,
            tree: tree,
            content: try TreeDigest.digest(of: tree, cancellation: selector.cancellation)
        )
    }
}
