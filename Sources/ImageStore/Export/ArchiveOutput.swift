// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Where an archive goes: a file that appears whole or not at all, or a descriptor.
enum ArchiveOutput: Sendable {
    case file(FilePath)
    case descriptor(FileDescriptor)

    /// Gives `body` a writer, on a thread of its own, and finishes what it wrote.
    ///
    /// - Throws: What `body` throws; ``ImageStoreError`` with code `system`; `CancellationError`.
    func write(
        compression: Compression,
        _ body: @escaping @Sendable (ArchiveWriter, CancellationFlag) throws -> Void
    ) async throws {
        try await CancellationFlag.with { flag in
            try await OwnThread.run {
                switch self {
                case .file(let path):
                    let temporary = FilePath("\(path).\(UInt32.random(in: .min ... .max)).new")
                    do {
                        let writer = try ArchiveWriter(temporary, compression: compression)
                        try body(writer, flag)
                        try writer.finish()
                        try Directory.rename(temporary, to: path)
                    } catch {
                        try? Directory.remove(temporary)
                        throw Self.error(error, of: path, insteadOf: temporary)
                    }
                case .descriptor(let output):
                    Self.holdBrokenPipeSignal()
                    let writer = try ArchiveWriter(compression: compression) { bytes in
                        var rest = bytes
                        while !rest.isEmpty {
                            let count = try SystemCall.count("write", "output") {
                                Self.write(output.rawValue, rest)
                            }
                            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                        }
                    }
                    try body(writer, flag)
                    try writer.finish()
                }
            }
        }
    }

    /// The error with the file that was asked for: nobody knows the one beside it.
    private static func error(_ error: any Error, of path: FilePath, insteadOf temporary: FilePath) -> any Error {
        guard var failure = error as? ImageStoreError, let place = failure.path else { return error }
        let (old, new) = (temporary.string, path.string)
        failure.path = place == old ? new : place
        failure.message = failure.message.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
        return failure
    }

    /// A pipe that nobody reads any more shall be an error of the write, and not the end of the host application.
    ///
    /// The thread is the output's own: the signal that is held back ends with it.
    private static func holdBrokenPipeSignal() {
        var pipe = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &pipe, nil)
    }

    private static func write(_ number: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.write(number, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
        Musl.write(number, bytes.baseAddress, bytes.count)
        #endif
    }
}
