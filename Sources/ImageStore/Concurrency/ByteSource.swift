// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A stream of bytes that is read block by block, without copies.
protocol ByteSource: AnyObject {
    /// The next bytes, valid until the next call; empty at the end.
    func next() throws -> UnsafeRawBufferPointer
}
