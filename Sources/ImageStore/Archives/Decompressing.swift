// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Decompresses into memory that the caller has.
protocol Decompressing: AnyObject {
    /// Fills as much of `room` as it can.
    ///
    /// - Returns: How many bytes were written; 0 only at the end.
    /// - Throws: ``ImageStoreError`` with code `invalidArchive`, and what the source throws.
    func read(into room: UnsafeMutableRawBufferPointer) throws -> Int
}
