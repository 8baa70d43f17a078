// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import Glibc
import ImageStore
import SystemPackage

/// Gets the `--mount`s of a command ready: what their files are, for the step's key, and then the mounts themselves.
struct MountPreparation: Sendable {
    /// One mount with the files that it shows.
    struct Item: Sendable {
        var mount: Instruction.Run.Mount
        var target: String
        var origin: StageGraph.Origin?
        var tree: SelectedTree?
        /// The view that the tree is part of: a mount of it can be cloned only while the view stands.
        var root: TreeRoot?
        var content: String?
    }

    let runner: StepRunner
    let items: [Item]

    private var run: BuildRun { runner.run }

    init(_ mounts: [Instruction.Run.Mount], runner: StepRunner, workingDirectory: String) async throws {
        self.runner = runner
        var items: [Item] = []
        for (index, mount) in mounts.enumerated() {
            let origin = runner.node.uses.first {
                $0.instruction == runner.step.instruction && $0.mount == index
            }?.origin
            var item = Item(mount: mount, target: try Self.target(mount, index, workingDirectory), origin: origin)
            if mount.kind == .bind || mount.kind == .cache && mount.from != nil {
                let source = mount.source ?? "/"
                (item.tree, item.root, item.content) = try await CancellationFlag.with { flag in
                    let selector = try await runner.selector(of: origin, cancellation: flag)
                    return try await OwnThread.run {
                        guard let tree = try selector.selectPath(source) else {
                            throw ImageBuilderError(.sourceNotFound, "\(source.inQuotes) does not exist")
                        }
                        return (tree, selector.root, try TreeDigest.digest(of: tree, cancellation: flag))
                    }
                }
            }
            items.append(item)
        }
        self.items = items
    }

    /// What of the mounts belongs to the step's key.
    var steps: [CacheStep.Mount] {
        items.map { CacheStep.Mount(options: $0.mount, content: $0.content) }
    }

    /// Gets the mounts ready.
    func prepare() async throws -> [PreparedMount] {
        var prepared: [PreparedMount] = []
        var agents = 0
        for item in items {
            switch item.mount.kind {
            case .bind: prepared.append(try await bind(item))
            case .cache: prepared.append(try await cache(item))
            case .tmpfs: prepared.append(temporary(item))
            case .secret: prepared.append(contentsOf: try secret(item))
            case .ssh:
                if let agent = try agent(item, number: agents) { prepared.append(agent) }
                agents += 1
            default: throw ImageBuilderError(.unsupported, "mounts of the type \(item.mount.kind) are not supported")
            }
        }
        return prepared
    }

    private static func target(
        _ mount: Instruction.Run.Mount,
        _ index: Int,
        _ workingDirectory: String
    ) throws(ImageBuilderError) -> String {
        guard let target = mount.target else {
            switch mount.kind {
            case .secret, .ssh: return ""
            default: throw ImageBuilderError(.invalidFlag, "a mount of the type \(mount.kind) needs a target")
            }
        }
        let path = CleanPath.join(workingDirectory, target)
        guard path != "/" else { throw ImageBuilderError(.invalidFlag, "nothing can be mounted on the root") }
        return path
    }
}

extension MountPreparation {
    private func options(_ item: Item) -> MountOptions {
        item.mount.isReadOnly ? [.readOnly, .followsLink] : [.followsLink]
    }

    // MARK: Bind

    private func bind(_ item: Item) async throws -> PreparedMount {
        guard let tree = item.tree, let root = item.root else { return PreparedMount() }
        let isOverlay: Bool
        if case .image(let name) = item.origin {
            isOverlay = runner.plan.directory(name) == nil
        } else {
            isOverlay = item.origin != nil
        }
        // Files of a stage or image are shown as they are; those of the context as a copy of what it includes.
        if isOverlay, item.mount.isReadOnly, DetachedMounts.canBeMounted(tree.top) {
            let mount = Mount.bind(
                FilePath(tree.top.processPath),
                at: FilePath(item.target),
                options: options(item),
                recursive: false
            )
            return PreparedMount(mount: mount, holds: [tree.top, root])
        }
        let directory = try run.session.makeDirectory()
        let name = try await Self.copy(tree, into: directory)
        let mount = Mount.bind(directory.appending(name), at: FilePath(item.target), options: options(item))
        return PreparedMount(mount: mount, holds: [DiscardedDirectory(directory)])
    }

    /// Copies a tree.
    ///
    /// - Returns: The copy's name in the directory.
    private static func copy(_ tree: SelectedTree, into directory: FilePath) async throws -> String {
        try await CancellationFlag.with { flag in
            try await OwnThread.run {
                let root = try TreeRoot(path: directory)
                let copier = TreeCopier(into: root, cancellation: flag)
                try copier.copy(tree, to: "/content")
                guard tree.isDirectory, let copy = try root.directory.open(FileName("content"), O_RDONLY | O_DIRECTORY)
                else { return "content" }
                let owner = tree.owner(of: .init(path: FileName(""), status: tree.status))
                try TreeCopier.give(copy, to: owner)
                try SystemCall.check("fchmod", "content") { fchmod(copy.number, tree.status.permissions) }
                return "content"
            }
        }
    }

    // MARK: Cache

    private func cache(_ item: Item) async throws -> PreparedMount {
        let mount = item.mount
        let owner = FileOwner(user: mount.userID ?? 0, group: mount.groupID ?? 0)
        let mode = mode_t(mount.mode ?? 0o755)
        let id = mount.id ?? CleanPath.clean(mount.target ?? "")
        let identity = [id, item.content ?? "", "\(owner.user)", "\(owner.group)", String(mode, radix: 8)]
        let tree = item.tree
        let lease = try await run.mounts.lease(identity, sharing: mount.sharing ?? .shared) { directory in
            try await CancellationFlag.with { flag in
                try await OwnThread.run {
                    if let tree {
                        let copier = TreeCopier(into: try TreeRoot(path: directory), cancellation: flag)
                        try copier.copy(tree, to: "/")
                    }
                    let root = try TreeRoot(path: directory).directory
                    try TreeCopier.give(root, to: owner)
                    try SystemCall.check("fchmod", directory.string) { fchmod(root.number, mode) }
                }
            }
        }
        return PreparedMount(
            mount: .bind(lease.path, at: FilePath(item.target), options: options(item)),
            holds: [lease]
        )
    }

    private func temporary(_ item: Item) -> PreparedMount {
        let size = item.mount.sizeLimit > 0 ? UInt64(item.mount.sizeLimit) : nil
        return PreparedMount(mount: .temporary(at: FilePath(item.target), size: size, options: [.noSetUserID]))
    }

    // MARK: Secrets

    private func secret(_ item: Item) throws -> [PreparedMount] {
        let mount = item.mount
        let id = mount.source ?? mount.id ?? mount.target.map(Self.lastComponent) ?? ""
        guard let secret = runner.plan.options.secrets[id] else {
            guard mount.isRequired else { return [] }
            throw ImageBuilderError(.missingSecret, "the command needs the secret \(id.inQuotes), which was not given")
        }
        let content = try secret.content(id: id)
        var prepared = PreparedMount()
        if let variable = mount.variable, !variable.isEmpty {
            prepared.variable = "\(variable)=\(String(decoding: content, as: UTF8.self))"
        }
        if mount.target != nil || mount.variable == nil {
            let target = mount.target == nil ? "/run/secrets/\(Self.lastComponent(id))" : item.target
            let owner = FileOwner(user: mount.userID ?? 0, group: mount.groupID ?? 0)
            let file = try MemoryFile(content, mode: mode_t(mount.mode ?? 0o400), owner: owner)
            prepared.mount = .bind(file.path, at: FilePath(target), options: options(item), recursive: false)
            prepared.holds = [file]
        }
        return [prepared]
    }

    private func agent(_ item: Item, number: Int) throws -> PreparedMount? {
        let mount = item.mount
        let id = mount.id ?? "default"
        guard let agent = runner.plan.options.agents[id] else {
            guard mount.isRequired else { return nil }
            throw ImageBuilderError(
                .missingSecret,
                "the command needs the SSH agent \(id.inQuotes), which was not given"
            )
        }
        if (mount.userID ?? 0) != 0 || (mount.groupID ?? 0) != 0 {
            throw ImageBuilderError(.unsupported, "an SSH agent can be mounted for root alone")
        }
        let target = item.target.isEmpty ? "/run/buildkit/ssh_agent.\(number)" : item.target
        return PreparedMount(
            mount: .bind(agent.socket, at: FilePath(target), options: options(item), recursive: false),
            variable: "SSH_AUTH_SOCK=\(target)"
        )
    }

    private static func lastComponent(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}

/// A directory of a session that goes with this value.
final class DiscardedDirectory: Sendable {
    private let path: FilePath

    init(_ path: FilePath) {
        self.path = path
    }

    deinit {
        // What can't be removed now goes with the session.
        try? StepRunner.discard(path)
    }
}
