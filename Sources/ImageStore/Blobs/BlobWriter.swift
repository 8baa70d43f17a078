// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Writes content to a temporary file and hashes it on the way.
final class BlobWriter {
    /// The temporary file.
    let path: FilePath

    private let file: OpenFile
    private let hash = SHA256()
    private(set) var size: Int64 = 0

    /// Makes the temporary file.
    init(path: FilePath) throws {
        self.path = path
        file = try OpenFile(path, O_RDWR | O_CREAT | O_EXCL, mode: 0o644)
    }

    /// Appends bytes.
    func write(_ bytes: UnsafeRawBufferPointer) throws {
        try file.write(bytes, at: size, path: path.string)
        hash.update(bytes)
        size += Int64(bytes.count)
    }

    /// Makes the bytes durable and says what they are.
    ///
    /// - Parameters:
    ///   - digest: What they must hash to.
    ///   - expectedSize: How many they must be.
    /// - Returns: The digest of the bytes, and how many they are.
    /// - Throws: ``ImageStoreError`` with code `digestMismatch`.
    func finish(expecting digest: Digest? = nil, size expectedSize: Int64? = nil) throws -> (
        digest: Digest, size: Int64
    ) {
        if let expectedSize, expectedSize != size {
            throw ImageStoreError(
                code: .digestMismatch,
                message: "content announced with \(expectedSize) bytes has \(size)",
                path: digest?.description
            )
        }
        let actual = Digest(hash.finalize())
        if let digest, digest != actual {
            throw ImageStoreError(
                code: .digestMismatch,
                message: "content announced as \(digest) is \(actual)",
                path: digest.description
            )
        }
        try file.synchronize(path: path.string)
        return (actual, size)
    }
}
