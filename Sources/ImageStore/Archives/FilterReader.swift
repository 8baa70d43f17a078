// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Decompresses zstd, xz and bzip2 with libarchive.
final class FilterReader: Decompressing {
    private let reader: ArchiveReader
    private var rest = UnsafeRawBufferPointer(start: nil, count: 0)
    private var hasEnded: Bool

    init(_ source: any ByteSource, compression: Compression) throws {
        reader = try ArchiveReader(.compressed(compression), from: source)
        hasEnded = try reader.nextEntry() == nil
    }

    func read(into room: UnsafeMutableRawBufferPointer) throws -> Int {
        var done = 0
        while done < room.count, try !rest.isEmpty || refill() {
            let part = UnsafeRawBufferPointer(rebasing: rest.prefix(room.count - done))
            UnsafeMutableRawBufferPointer(rebasing: room[done...]).copyMemory(from: part)
            done += part.count
            rest = UnsafeRawBufferPointer(rebasing: rest[part.count...])
        }
        return done
    }

    /// Gets more content; `false` at the end.
    private func refill() throws -> Bool {
        while !hasEnded, rest.isEmpty {
            if let (bytes, _) = try reader.nextData() { rest = bytes } else { hasEnded = true }
        }
        return !rest.isEmpty
    }
}
