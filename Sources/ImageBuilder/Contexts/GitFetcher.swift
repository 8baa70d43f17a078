// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// Fetches Git repositories, for contexts and for `ADD`.
///
/// The builder opens no connection of its own.
public protocol GitFetcher: Sendable {
    /// The commit that a source stands for now.
    ///
    /// A step whose commit is known is looked up by it, without fetching the files.
    ///
    /// - Parameter source: The repository, and what of it.
    /// - Returns: The commit's full name; nil where only the files tell.
    /// - Throws: Whatever went wrong.
    func commit(of source: GitSource) async throws -> String?

    /// Fetches the files of a commit.
    ///
    /// - Parameters:
    ///   - source: The repository, and what of it.
    ///   - directory: An empty directory, where all of the repository's files go, whatever the source's directory is.
    ///   - keepsRepository: Whether the repository's own directory, `.git`, stays.
    /// - Returns: The commit's full name.
    /// - Throws: Whatever went wrong.
    func checkOut(_ source: GitSource, into directory: FilePath, keepsRepository: Bool) async throws -> String
}
