// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a program writes, as it comes: chunks of bytes until its end of the stream is closed.
///
/// Nothing is read ahead: a program that writes faster than it is read waits in its own write, as with any pipe. The
/// bytes are read once; iterators made from one sequence share them.
public struct ByteSequence: AsyncSequence, Sendable {
    /// One or more bytes.
    public typealias Element = [UInt8]

    let reader: StreamReader

    /// Makes an iterator.
    public func makeAsyncIterator() -> Iterator {
        Iterator(reader: reader)
    }

    /// Reads the chunks.
    public struct Iterator: AsyncIteratorProtocol {
        let reader: StreamReader

        /// The next bytes, or `nil` at the end.
        ///
        /// - Throws: ``ContainerError`` if reading fails, or `CancellationError`.
        public mutating func next() async throws -> [UInt8]? {
            try await reader.read()
        }
    }

    /// What is written, line by line.
    public var lines: LineSequence {
        LineSequence(bytes: self)
    }

    /// Everything up to the end.
    ///
    /// - Parameter limit: The most bytes to keep.
    /// - Returns: The bytes.
    /// - Throws: ``ContainerError`` of code ``ContainerError/Code/io`` if there are more.
    public func collect(upTo limit: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await chunk in self {
            guard bytes.count + chunk.count <= limit else {
                throw ContainerError(.io, "the program wrote more than the \(limit) bytes that were to be collected")
            }
            bytes.append(contentsOf: chunk)
        }
        return bytes
    }
}
