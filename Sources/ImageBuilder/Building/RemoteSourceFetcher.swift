// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// Fetches what `ADD` adds from an address.
///
/// The builder has no client for any network of its own.
public protocol RemoteSourceFetcher: Sendable {
    /// Fetches a file.
    ///
    /// - Parameters:
    ///   - address: The address as the Dockerfile has it: `https://…` or `http://…`.
    ///   - file: Where to write the content; the file does not exist yet.
    /// - Returns: What else is known of the file.
    /// - Throws: Whatever went wrong.
    func fetch(_ address: String, to file: FilePath) async throws -> RemoteSource
}

/// What is known of a file that was fetched.
public struct RemoteSource: Sendable, Hashable {
    /// When it was changed last, in seconds since 1970; nil where nobody said.
    public var modified: Int?

    /// Makes a description.
    public init(modified: Int? = nil) {
        self.modified = modified
    }
}
