// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import ImageStore
import SystemPackage

/// A context's files, ready to be read.
struct ContextFiles: Sendable {
    /// The directory; nil where there are no files.
    var root: TreeRoot?
    /// The Dockerfile, where the context was nothing but that.
    var dockerfile: String?
}

/// Gets contexts ready: what is an archive is unpacked, what lies elsewhere is fetched, into a directory that goes with
/// the context.
struct ContextLoader: Sendable {
    let builder: ImageBuilder
    /// The build's arguments; one of them says something about contexts.
    let arguments: [String: String]

    /// The files of a context.
    ///
    /// - Throws: ``ImageBuilderError`` with code `context` or `remoteSource`.
    func files(of context: BuildContext) async throws -> ContextFiles {
        switch context.source {
        case .empty: return ContextFiles()
        case .directory(let path):
            do {
                return ContextFiles(root: try TreeRoot(path: path))
            } catch {
                throw ImageBuilderError(.context, "the context \(path.string.inQuotes) can't be used: \(error.message)")
            }
        case .stream(let path): return try await stream(path)
        case .remote(let address): return try await remote(address)
        case .git(let source): return ContextFiles(root: try await repository(source))
        }
    }

    /// The directories of those named contexts that have to be made first.
    func directories(of contexts: [String: NamedBuildContext]) async throws -> [String: TreeRoot] {
        var directories: [String: TreeRoot] = [:]
        for (name, named) in contexts {
            guard case .context(let context) = named.source else { continue }
            guard let root = try await files(of: context).root else {
                throw ImageBuilderError(.context, "the context \(name.inQuotes) holds no files")
            }
            directories[name] = root
        }
        return directories
    }

    // MARK: Archives

    private func stream(_ path: FilePath) async throws -> ContextFiles {
        let number = openReadOnly(path.string)
        guard number >= 0 else {
            let reason = Errno(rawValue: errno)
            throw ImageBuilderError(.context, "the context \(path.string.inQuotes) can't be read: \(reason)")
        }
        let input = OpenFile(owning: number)
        let session = try await builder.store.beginIngest()
        let file = try await session.spool(FileDescriptor(rawValue: input.number))
        let files = try await unpack(file, in: session)
        withExtendedLifetime(input) {}
        return files
    }

    private func remote(_ address: String) async throws -> ContextFiles {
        guard let fetcher = builder.remoteSources else {
            throw ImageBuilderError(
                .unsupported,
                "the context \(address.inQuotes) can't be had: this build fetches nothing"
            )
        }
        let session = try await builder.store.beginIngest()
        let file = try session.makeDirectory().appending("context")
        do {
            _ = try await fetcher.fetch(address, to: file)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw ImageBuilderError(.context, "the context \(address.inQuotes) can't be fetched: \(error)")
        }
        return try await unpack(file, in: session)
    }

    private func unpack(_ file: FilePath, in session: IngestSession) async throws -> ContextFiles {
        guard LayerArchive.isArchive(file) else { return try dockerfile(file) }
        let directory = try session.makeDirectory()
        do {
            try await LayerArchive.unpack(file, into: directory, limits: builder.store.limits)
        } catch let error as ImageStoreError {
            throw ImageBuilderError(.context, "the context's archive can't be unpacked: \(error)")
        }
        return ContextFiles(root: try TreeRoot(path: directory, holding: [session]))
    }

    private func dockerfile(_ path: FilePath) throws -> ContextFiles {
        let file = OpenFile(owning: try SystemCall.check("open", path.string) { openReadOnly(path.string) })
        let bytes = try file.content(upTo: BuildInput.maxSize)
        guard let bytes, !bytes.contains(0) else {
            throw ImageBuilderError(.context, "the context is neither an archive nor a Dockerfile")
        }
        return ContextFiles(dockerfile: String(decoding: bytes, as: UTF8.self))
    }

    // MARK: Repositories

    private func repository(_ source: GitSource) async throws -> TreeRoot {
        guard let fetcher = builder.repositories else {
            throw ImageBuilderError(
                .unsupported,
                "the repository \(source.description.inQuotes) can't be had: this build fetches none"
            )
        }
        let session = try await builder.store.beginIngest()
        let directory = try session.makeDirectory()
        let keeps = source.keepsRepository ?? (arguments["BUILDKIT_CONTEXT_KEEP_GIT_DIR"] == "1")
        _ = try await fetcher.checkOut(source, into: directory, keepsRepository: keeps)
        return try Self.subdirectory(of: directory, source, holding: session)
    }

    /// The directory of a checked out repository that a source names; no link leads out of the repository.
    static func subdirectory(
        of directory: FilePath,
        _ source: GitSource,
        holding session: IngestSession
    ) throws -> TreeRoot {
        let root = try TreeRoot(path: directory, holding: [session])
        guard let path = source.subdirectory else { return root }
        guard let place = try root.open(FileName(path), O_RDONLY | O_DIRECTORY) else {
            throw ImageBuilderError(
                .context,
                "the repository \(source.description.inQuotes) has no directory \(path.inQuotes)"
            )
        }
        return TreeRoot(place, holding: [session])
    }
}
