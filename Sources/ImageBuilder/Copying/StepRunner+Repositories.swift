// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageStore
import SystemPackage

/// `ADD` of a Git repository.
extension StepRunner {
    /// The files of a repository; fetched only if the step was not done before, where the commit is known without.
    ///
    /// The step's key holds the commit, not what was fetched: whether `.git` comes out the same each time is for nobody
    /// to say.
    func repositoryItem(_ address: String, of copying: FileCopying) async throws -> CopyItem {
        var source = try copying.repository(address)
        let fetcher = try repositories(for: source)
        guard let commit = try await fetcher.commit(of: source) else {
            return try await fetchRepository(source, for: copying)
        }
        try Self.verify(commit, of: source, is: copying.checksum)
        source = source.pinned(to: commit)
        return CopyItem(name: FileName(""), content: Self.content(commit, source, copying), repository: source)
    }

    /// Fetches a repository's files.
    func fetchRepository(_ source: GitSource, for copying: FileCopying) async throws -> CopyItem {
        let fetcher = try repositories(for: source)
        let directory = try run.session.makeDirectory()
        let commit = try await fetcher.checkOut(
            source,
            into: directory,
            keepsRepository: copying.keepsRepository(source)
        )
        try Self.verify(commit, of: source, is: copying.checksum)
        let root = try ContextLoader.subdirectory(of: directory, source, holding: run.session)
        let selector = TreeSelector(root: root, owner: .root, cancellation: CancellationFlag())
        let excludes = copying.excludes.isEmpty ? nil : try IgnoreFile.make(patterns: copying.excludes)
        guard let tree = try selector.select("/", excluding: excludes).first else {
            throw ImageBuilderError(.sourceNotFound, "the repository \(source.description.inQuotes) has no files")
        }
        return CopyItem(name: FileName(""), tree: tree, content: Self.content(commit, source, copying))
    }

    private static func content(_ commit: String, _ source: GitSource, _ copying: FileCopying) -> String {
        let parts = [commit, source.subdirectory ?? "", copying.keepsRepository(source) ? "with" : "without"]
        return "repository " + (parts + copying.excludes).map(\.quoted).joined(separator: " ")
    }

    private static func verify(_ commit: String, of source: GitSource, is checksum: String?) throws(ImageBuilderError) {
        for wanted in [checksum, source.checksum] {
            guard let wanted, !commit.hasPrefix(wanted.lowercased()) else { continue }
            throw ImageBuilderError(
                .remoteSource,
                "the repository \(source.description.inQuotes) is at the commit \(commit), not \(wanted)"
            )
        }
    }

    private func repositories(for source: GitSource) throws(ImageBuilderError) -> any GitFetcher {
        guard let fetcher = run.builder.repositories else {
            throw ImageBuilderError(
                .unsupported,
                "\(source.description.inQuotes) can't be added: this build fetches no repositories"
            )
        }
        return fetcher
    }
}

extension FileCopying {
    /// The repository that an address of a Dockerfile stands for: one elsewhere, since a Dockerfile may come from anyone.
    func repository(_ address: String) throws(ImageBuilderError) -> GitSource {
        let source = try GitSource(address)
        guard !source.isLocal else {
            throw ImageBuilderError(.notAllowed, "\(keyword) can't add a repository of this machine's files")
        }
        if let checksum, checksum.count < 7 || !checksum.allSatisfy(\.isHexDigit) {
            throw ImageBuilderError(
                .invalidFlag,
                "--checksum of a repository must be a commit, not \(checksum.inQuotes)"
            )
        }
        return source
    }

    /// Whether `.git` is kept; the flag goes before what the address says.
    func keepsRepository(_ source: GitSource) -> Bool {
        keepGitDirectory ?? source.keepsRepository ?? false
    }
}
