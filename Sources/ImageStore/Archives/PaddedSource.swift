// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A source that is filled up to whole blocks of tar, since some tools leave out what should follow the last file.
///
/// Nothing is lost by it: the content's digest is of what really came, and an archive whose digest nobody knows must end
/// with an ``EndMarker``.
final class PaddedSource: ByteSource {
    private static let blockSize = 512

    private let source: any ByteSource
    private var total = 0
    private lazy var padding = Block()

    init(_ source: any ByteSource) {
        self.source = source
    }

    func next() throws -> UnsafeRawBufferPointer {
        let bytes = try source.next()
        total += bytes.count
        guard bytes.isEmpty, total % Self.blockSize > 0 else { return bytes }
        padding.count = Self.blockSize - total % Self.blockSize
        total += padding.count
        padding.memory.initializeMemory(as: UInt8.self, repeating: 0)
        return padding.filled
    }
}
