// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension IngestSession {
    /// Puts what a pipe gives into a file of the session, since archives are read more than once.
    ///
    /// A descriptor of a regular file needs no copy.
    ///
    /// - Throws: ``ImageStoreError`` with code `system` or `limitExceeded`; `CancellationError` between two reads.
    package func spool(_ input: FileDescriptor) async throws -> FilePath {
        let limit = limits.archiveSize
        let path = newPath()
        return try await CancellationFlag.with { flag in
            try await OwnThread.run {
                var status = stat()
                try SystemCall.check("fstat", "input") { fstat(input.rawValue, &status) }
                let isWholeFile = status.st_mode & S_IFMT == S_IFREG && lseek(input.rawValue, 0, SEEK_CUR) == 0
                if isWholeFile { return FilePath("/proc/self/fd/\(input.rawValue)") }
                let file = try OpenFile(path, O_WRONLY | O_CREAT | O_EXCL)
                let block = Block()
                var size: Int64 = 0
                while true {
                    try flag.check()
                    let count = try SystemCall.count("read", "input") {
                        read(input.rawValue, block.memory.baseAddress, block.memory.count)
                    }
                    guard count > 0 else { return path }
                    block.count = count
                    try file.write(block.filled, at: size, path: path.string)
                    size += Int64(count)
                    guard size <= limit else {
                        throw ImageStoreError(
                            code: .limitExceeded,
                            message: "the archive has more than \(limit) bytes"
                        )
                    }
                }
            }
        }
    }
}
