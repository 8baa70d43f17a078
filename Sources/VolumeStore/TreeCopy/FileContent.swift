// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// Copies the bytes of one open file to another, new one: by reflink where the filesystem can, else in the kernel, hole
/// by hole.
struct FileContent {
    /// `FICLONE` (ioctl_ficlone(2)): `_IOW(0x94, 9, int)`.
    private static let reflinkRequest: UInt = 0x4004_9409
    /// `SEEK_DATA` and `SEEK_HOLE` (lseek(2)), which the `Glibc` module does not show.
    private static let seekData: CInt = 3
    private static let seekHole: CInt = 4

    /// Up to this size a read and a write are quicker than the setting up of a splice.
    private static let small = 128 << 10

    /// Turned off after the first refusal: it is the same for the whole filesystem.
    private var canReflink = true
    private var buffer: [UInt8] = []

    /// Copies `size` bytes.
    mutating func copy(
        from source: CInt,
        to target: CInt,
        size: Int,
        isDense: Bool,
        path: @autoclosure () -> FilePath
    ) throws(VolumeError) {
        if size == 0 { return }
        if canReflink {
            if ioctl(target, Self.reflinkRequest, source) == 0 { return }
            canReflink = false
        }
        // A file without holes, as nearly all are, needs no search for them.
        if isDense, size <= Self.small { return try copySmall(size, from: source, to: target, path: path()) }
        if isDense { return try copyRange(0..<size, from: source, to: target, path: path()) }
        for range in try Self.dataRanges(of: source, size: size, path: path()) {
            try copyRange(range, from: source, to: target, path: path())
        }
        guard ftruncate(target, size) == 0 else { throw .system("ftruncate", path()) }
    }

    private mutating func copySmall(
        _ size: Int,
        from source: CInt,
        to target: CInt,
        path: @autoclosure () -> FilePath
    ) throws(VolumeError) {
        if buffer.isEmpty { buffer = [UInt8](repeating: 0, count: Self.small) }
        var offset = 0
        while offset < size {
            let count = pread(source, &buffer, size - offset, offset)
            if count < 0, Errno.last == .interrupted { continue }
            guard count >= 0 else { throw .system("pread", path()) }
            // The file became shorter while it was read.
            if count == 0 { break }
            var written = 0
            while written < count {
                let done = buffer.withUnsafeBytes { bytes in
                    pwrite(target, bytes.baseAddress.map { $0 + written }, count - written, offset + written)
                }
                if done < 0, Errno.last == .interrupted { continue }
                guard done >= 0 else { throw .system("pwrite", path()) }
                written += done
            }
            offset += count
        }
    }

    /// Where the file has data; the rest of its `size` is holes.
    static func dataRanges(
        of file: CInt,
        size: Int,
        path: @autoclosure () -> FilePath
    ) throws(VolumeError) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var end = 0
        while end < size {
            let start = lseek(file, end, seekData)
            if start < 0 {
                // ENXIO: only a hole is left.
                guard Errno.last == .noSuchAddressOrDevice else { throw .system("lseek", path()) }
                break
            }
            end = lseek(file, start, seekHole)
            guard end >= 0 else { throw .system("lseek", path()) }
            if start < size { ranges.append(start..<min(end, size)) }
        }
        return ranges
    }

    private func copyRange(
        _ range: Range<Int>,
        from source: CInt,
        to target: CInt,
        path: @autoclosure () -> FilePath
    ) throws(VolumeError) {
        guard lseek(target, range.lowerBound, SEEK_SET) >= 0 else { throw .system("lseek", path()) }
        var offset = range.lowerBound
        while offset < range.upperBound {
            // sendfile between files is a splice through the page cache: no byte passes through this process.
            let count = sendfile(target, source, &offset, range.upperBound - offset)
            if count < 0 {
                if Errno.last == .interrupted { continue }
                throw .system("sendfile", path())
            }
            // The file became shorter while it was read.
            if count == 0 { break }
        }
    }
}
