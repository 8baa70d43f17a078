// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A source that shows each block to someone on its way.
final class ObservedSource: ByteSource {
    private let source: any ByteSource
    private let observe: (UnsafeRawBufferPointer) throws -> Void

    init(_ source: any ByteSource, observe: @escaping (UnsafeRawBufferPointer) throws -> Void) {
        self.source = source
        self.observe = observe
    }

    func next() throws -> UnsafeRawBufferPointer {
        let bytes = try source.next()
        if !bytes.isEmpty { try observe(bytes) }
        return bytes
    }

    /// Reads what is left.
    func drain() throws {
        while try !next().isEmpty {}
    }
}
