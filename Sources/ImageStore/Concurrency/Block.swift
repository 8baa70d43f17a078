// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A piece of memory that travels through a ``BlockPipe``.
///
/// Unchecked because its memory is plain: a block has one owner at any time, and the pipe's lock hands it from one to
/// the next.
final class Block: @unchecked Sendable {
    /// How many bytes a block can hold.
    static let capacity = 1 << 20

    /// The whole memory.
    let memory: UnsafeMutableRawBufferPointer

    /// How many bytes of it are filled.
    var count = 0

    init() {
        memory = .allocate(byteCount: Self.capacity, alignment: 4096)
    }

    deinit {
        memory.deallocate()
    }

    /// The filled bytes.
    var filled: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

    /// The room that is left.
    var room: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(rebasing: memory[count...]) }
}
