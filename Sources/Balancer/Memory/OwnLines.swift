// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A value on cache lines that nothing else shares.
///
/// What one event loop writes with each pick would else lie beside what another loop writes or reads, and each write
/// would take the line away from the other. Reached through a pointer, so a pick neither counts references nor checks
/// for overlapping accesses: the owner of the picker has promised that no two threads use it at once.
@usableFromInline
struct OwnLines<Value: ~Copyable>: ~Copyable {
    /// Twice the usual line, because processors fetch lines in pairs.
    static var lineSize: Int { 128 }

    @usableFromInline let pointer: UnsafeMutablePointer<Value>

    init(_ value: consuming Value) {
        let size = (MemoryLayout<Value>.stride + Self.lineSize - 1) / Self.lineSize * Self.lineSize
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: Self.lineSize)
        pointer = memory.bindMemory(to: Value.self, capacity: 1)
        pointer.initialize(to: value)
    }

    deinit {
        pointer.deinitialize(count: 1)
        pointer.deallocate()
    }
}
