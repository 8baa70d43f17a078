// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The bytes of a file, read in large blocks; of one that still grows, if told so.
final class FileSource: ByteSource {
    private let file: OpenFile
    private let path: String
    private let growing: GrowingFile?
    private let cancellation: CancellationFlag?
    private let memory = Block()
    private var position: Int64 = 0

    /// Opens the file.
    init(_ path: FilePath, growing: GrowingFile? = nil, cancellation: CancellationFlag? = nil) throws {
        file = try OpenFile(path, O_RDONLY)
        self.path = path.string
        self.growing = growing
        self.cancellation = cancellation
        posix_fadvise(file.number, 0, 0, POSIX_FADV_SEQUENTIAL)
    }

    func next() throws -> UnsafeRawBufferPointer {
        try cancellation?.check()
        _ = try growing?.length(past: position)
        memory.count = try file.read(into: memory.memory, at: position, path: path)
        position += Int64(memory.count)
        return memory.filled
    }
}
