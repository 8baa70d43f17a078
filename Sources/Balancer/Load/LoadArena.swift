// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// Memory for the counters of endpoints, at addresses that never change while the arena lives.
///
/// A pick reaches the counters through a plain pointer: reaching them through objects would make each pick count
/// references, and two threads that count references on one object contend.
final class LoadArena: @unchecked Sendable {
    // Unchecked because of the pointers: they lead to atomics only, and each block lives as long as the arena does.
    // The list of blocks is read and grown by the registry alone, under the balancer's lock.

    /// Endpoints in the first block; each further block doubles.
    private static let firstBlock = 16
    /// Twice the usual line, because processors fetch lines in pairs.
    private static let stride = (MemoryLayout<EndpointLoad>.stride + 127) / 128 * 128

    private var blocks: [UnsafeMutableRawPointer] = []

    /// The number of requests in flight over all endpoints; kept only if a policy asks for it.
    let totalInFlight = Atomic<Int>(0)

    /// The counters at a numbered place, which are made when first asked for.
    func handle(at slot: Int) -> LoadHandle {
        let shifted = slot + Self.firstBlock
        let block = Int.bitWidth - 1 - shifted.leadingZeroBitCount - Self.firstBlock.trailingZeroBitCount
        let offset = shifted - (Self.firstBlock << block)
        while blocks.count <= block {
            blocks.append(Self.makeBlock(count: Self.firstBlock << blocks.count))
        }
        return LoadHandle(pointer: (blocks[block] + offset * Self.stride).assumingMemoryBound(to: EndpointLoad.self))
    }

    private static func makeBlock(count: Int) -> UnsafeMutableRawPointer {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: count * stride, alignment: 128)
        for index in 0..<count {
            (memory + index * stride).bindMemory(to: EndpointLoad.self, capacity: 1).initialize(to: EndpointLoad())
        }
        return memory
    }

    deinit {
        for (index, block) in blocks.enumerated() {
            for place in 0..<(Self.firstBlock << index) {
                (block + place * Self.stride).assumingMemoryBound(to: EndpointLoad.self).deinitialize(count: 1)
            }
            block.deallocate()
        }
    }
}
