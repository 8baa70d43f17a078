// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import ImageStore
import SystemPackage

extension BuildRun {
    /// Puts the image together and makes of it what was asked for.
    func finish(_ target: StageState) async throws -> BuildResult {
        let layers = try target.layers.map { layer in
            guard let stored = layer.stored else {
                throw ImageBuilderError(.output, "a layer of the image was not archived")
            }
            return (layer: stored, created: layer.created)
        }
        let configuration = target.image.configuration(
            layers: layers.map { ($0.layer.diffID, $0.created) },
            labels: plan.options.labels
        )
        let manifest = try session.addImage(configuration, layers: layers.map(\.layer.descriptor))
        let isListed = plan.options.outputs.contains(.image)
        let store = builder.store
        let image = try keepSteps {
            let names = plan.options.tags
            return isListed
                ? try store.listCommitted(manifest, as: names) : try store.committedImage(manifest, as: names.first)
        }
        for output in plan.options.outputs where output != .image { try await write(image, to: output) }
        try await fillCaches(with: target)
        let counts = counts
        return BuildResult(
            imageID: image.id,
            digest: image.digest,
            configuration: configuration,
            image: isListed ? image : nil,
            stepCount: counts.steps,
            cachedStepCount: counts.cached,
            warnings: plan.warnings
        )
    }

    private func write(_ image: Image, to output: BuildOutput) async throws {
        switch output.kind {
        case .image: break
        case .imageArchive(.file(let path)): try await builder.store.save([image], to: path)
        case .imageArchive(.descriptor(let output)): try await builder.store.save([image], into: output)
        case .filesArchive(let destination):
            let view = try await directories.view(of: image.layers.map { BuildLayer($0) })
            let directory = FilePath(view.directory.processPath)
            switch destination {
            case .file(let path): try await ImageStore.exportRootFilesystem(directory, to: path)
            case .descriptor(let output): try await ImageStore.exportRootFilesystem(directory, into: output)
            }
            withExtendedLifetime(view) {}
        case .files(let directory):
            let view = try await directories.view(of: image.layers.map { BuildLayer($0) })
            try await CancellationFlag.with { flag in
                try await OwnThread.run { try Self.copy(view, to: directory, cancellation: flag) }
            }
        }
    }

    private static func copy(_ view: TreeRoot, to directory: FilePath, cancellation: CancellationFlag) throws {
        let place = try TreeRoot(path: "/").makeDirectory(FileName(try absolute(directory).string)) { _ in }
        let copier = TreeCopier(into: TreeRoot(place), cancellation: cancellation)
        copier.owner = FileOwner(user: geteuid(), group: getegid())
        guard let tree = try TreeSelector(root: view, cancellation: cancellation).selectPath("/") else { return }
        try copier.copy(tree, to: "/")
    }

    private static func absolute(_ path: FilePath) throws -> FilePath {
        guard path.isRelative else { return path }
        guard let current = getcwd(nil, 0) else { throw SystemCall.failure("getcwd", path.string) }
        defer { free(current) }
        return FilePath(platformString: current).pushing(path)
    }

    private func fillCaches(with target: StageState) async throws {
        let exports = plan.options.cacheExports
        guard !exports.isEmpty else { return }
        let hold = try await builder.store.holdContent()
        for export in exports {
            let layers = export.includesAllSteps ? archivedLayers : target.layers
            do {
                try await export.target.store(Self.records(of: layers)) { hold.path(of: $0) }
            } catch let error as CancellationError {
                throw error
            } catch  where export.ignoresErrors {
                report(.warning, nil, text: "a cache can't be written: \(error)")
            } catch {
                throw ImageBuilderError(.cache, "the cache can't be written: \(error)")
            }
        }
    }

    /// Each step's result once: two stages may have done the same.
    private static func records(of layers: [BuildLayer]) -> [BuildCacheRecord] {
        var keys: Set<CacheKey> = []
        return layers.compactMap { layer in
            guard let key = layer.key, let stored = layer.stored, let created = layer.created,
                keys.insert(key).inserted
            else { return nil }
            return BuildCacheRecord(key: key.text, layer: stored.descriptor, diffID: stored.diffID, created: created)
        }
    }
}
