// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageStore
import Nestbox
import SystemPackage

/// An archive that a command line names.
enum ArchiveFile {
    /// Reads it; an error says which file it is about.
    static func reading<Value>(_ path: FilePath, _ body: (FilePath) async throws -> Value) async throws -> Value {
        do {
            return try await body(path)
        } catch let error as ImageStoreError where !error.message.contains(path.string) {
            throw NestboxError(.image, "the archive '\(path)' can't be used", cause: error)
        }
    }
}
