// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import Synchronization

/// Memory for the counters of endpoints, at addresses that never change while the arena lives.
///
/// A pick reaches the counters through a plain pointer: reaching them through objects would make each pick count
/// references, and two threads that count references on one object contend.
@usableFromInline
final class LoadArena: @unchecked Sendable {
    // Unchecked because of the pointers: they lead to atomics only, and each block lives as long as the arena does.
    // The list of blocks is read and grown by the registry alone, under the balancer's lock.

    /// Endpoints in the first block; each further block doubles.
    private static let firstBlock = 16
    private static let stride =
        (MemoryLayout<EndpointLoad>.stride + OwnLines<Int>.lineSize - 1) / OwnLines<Int>.lineSize
        * OwnLines<Int>.lineSize
    private static let identities = Atomic<UInt64>(0)

    private var blocks: [UnsafeMutableRawPointer] = []

    /// A number of its own, by which a completion finds out that a pick is another balancer's.
    let identity = LoadArena.identities.wrappingAdd(1, ordering: .relaxed).newValue
    /// The number of requests in flight over all endpoints; kept only if a policy asks for it.
    @usableFromInline let totalInFlight = OwnLines(Atomic<Int>(0))
    /// The version of what the balancer shows, which each pick compares with its own.
    @usableFromInline let version = OwnLines(Atomic<Int>(0))

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
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: count * stride,
            alignment: OwnLines<Int>.lineSize
        )
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
