// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// The descriptor that an archive is written to or read from, with its digest and the progress that it tells.
final class ArchiveStream {
    private let descriptor: FileDescriptor
    private let report: (@Sendable (ArchiveProgress) -> Void)?
    private let clock = ContinuousClock()
    private var nextReport: ContinuousClock.Instant
    private var hash = SHA256()
    private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
    private(set) var progress = ArchiveProgress()
    /// Why the last transfer failed.
    private(set) var failure: Errno?

    init(_ descriptor: FileDescriptor, report: (@Sendable (ArchiveProgress) -> Void)?) {
        self.descriptor = descriptor
        self.report = report
        nextReport = clock.now
    }

    deinit {
        buffer.deallocate()
    }

    /// `sha256:…` of all bytes so far.
    var digest: String { "sha256:" + hash.hexadecimalDigest() }

    func countEntry() {
        progress.entries += 1
        tell()
    }

    /// Writes all of the bytes.
    ///
    /// - Returns: How many, or -1 with ``failure`` set.
    func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        do {
            try descriptor.writeAll(bytes)
        } catch {
            failure = error as? Errno ?? .ioError
            return -1
        }
        took(bytes)
        return bytes.count
    }

    /// Reads the next bytes into the stream's own buffer, which is valid until the next call; nil if that failed.
    func read() -> UnsafeRawBufferPointer? {
        do {
            let count = try descriptor.read(into: buffer)
            let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer).prefix(count))
            took(bytes)
            return bytes
        } catch {
            failure = error as? Errno ?? .ioError
            return nil
        }
    }

    /// Reads what comes after the archive's end, which belongs to the digest.
    func drain() throws(VolumeError) {
        while let bytes = read() {
            if bytes.isEmpty { return }
        }
        throw .system("read", errno: failure ?? .ioError, "the archive can't be read to its end")
    }

    private func took(_ bytes: UnsafeRawBufferPointer) {
        hash.update(bytes)
        progress.archiveBytes += Int64(bytes.count)
        tell()
    }

    private func tell() {
        guard let report, clock.now >= nextReport else { return }
        nextReport = clock.now + .milliseconds(200)
        report(progress)
    }
}
