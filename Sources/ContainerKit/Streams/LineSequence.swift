// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a program writes, line by line, decoded as UTF-8 (repaired where it is none).
///
/// A line ends at a newline, which is not part of it; a carriage return before it is dropped. What follows the last
/// newline is a line too. A line longer than 1 MiB is given in pieces of that size, so that memory stays bounded.
public struct LineSequence: AsyncSequence, Sendable {
    /// A line without its end.
    public typealias Element = String

    let bytes: ByteSequence

    /// Makes an iterator.
    public func makeAsyncIterator() -> Iterator {
        Iterator(bytes: bytes.makeAsyncIterator())
    }

    /// Reads the lines.
    public struct Iterator: AsyncIteratorProtocol {
        var bytes: ByteSequence.Iterator
        var splitter = LineSplitter()

        /// The next line, or `nil` at the end.
        ///
        /// - Throws: ``ContainerError`` if reading fails, or `CancellationError`.
        public mutating func next() async throws -> String? {
            while true {
                if let line = splitter.next() { return line }
                guard let chunk = try await bytes.next() else { return splitter.last() }
                splitter.append(chunk)
            }
        }
    }
}
