// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A BPF program as a graph of steps, in which equal parts exist once.
struct BPFGraph {
    /// The index of a step in the graph; equal steps have equal indices.
    typealias Index = Int

    /// A step with the steps that follow it.
    enum Node: Hashable {
        case answer(UInt32)
        /// A load or an "and", which change the accumulator.
        case operation(BPFInstruction, next: Index)
        case test(BPFInstruction.Comparison, UInt32, then: Index, else: Index)
    }

    private var nodes: [Node] = []
    private var indices: [Node: Index] = [:]

    /// Adds a step or finds the equal one; a test whose outcomes are equal is no step.
    mutating func add(_ node: Node) -> Index {
        if case .test(_, _, let then, let otherwise) = node, then == otherwise { return then }
        if let index = indices[node] { return index }
        nodes.append(node)
        indices[node] = nodes.count - 1
        return nodes.count - 1
    }

    /// The instructions that begin with a step.
    func program(from root: Index) -> [BPFInstruction] {
        var layout = Layout(nodes: nodes)
        layout.place(root)
        return layout.reversed.reversed()
    }
}

extension BPFGraph {
    /// The program under construction, from its end to its beginning: BPF jumps forward only, so what a step leads to
    /// must be placed first.
    private struct Layout {
        let nodes: [Node]
        var reversed: [BPFInstruction] = []
        private var positions: [Index: Int] = [:]

        init(nodes: [Node]) {
            self.nodes = nodes
        }

        /// Places a step, after all that it leads to; steps that wait for others are in an array, since a chain of
        /// conditions may be thousands long and a thread's stack short.
        mutating func place(_ root: Index) {
            var pending = [root]
            while let index = pending.last {
                if let missing = next(of: index).first(where: { positions[$0] == nil }) {
                    pending.append(missing)
                } else {
                    append(index)
                    pending.removeLast()
                }
            }
        }

        /// What a step leads to, in the order of placing.
        private func next(of index: Index) -> [Index] {
            switch nodes[index] {
            case .answer: []
            case .operation(_, let next): [next]
            case .test(_, _, let then, let otherwise): [otherwise, then]
            }
        }

        private mutating func append(_ index: Index) {
            switch nodes[index] {
            case .answer(let verdict):
                reversed.append(.answer(verdict))
            case .operation(let instruction, let next):
                let position = position(of: next)
                if position != reversed.count - 1 { appendSkip(to: position) }
                reversed.append(instruction)
            case .test(let comparison, let operand, let then, let otherwise):
                bringNear(then)
                bringNear(otherwise)
                reversed.append(
                    .skip(if: comparison, operand, then: distance(to: then), else: distance(to: otherwise))
                )
            }
            positions[index] = reversed.count - 1
        }

        private func distance(to index: Index) -> UInt8 {
            UInt8(reversed.count - position(of: index) - 1)
        }

        private func position(of index: Index) -> Int {
            positions[index, default: 0]
        }

        /// Makes a placed step reachable by a conditional jump, which skips at most 255 instructions; one is kept for
        /// the other outcome's own detour.
        private mutating func bringNear(_ index: Index) {
            let position = position(of: index)
            guard reversed.count - position - 1 > 254 else { return }
            if case .answer(let verdict) = nodes[index] {
                reversed.append(.answer(verdict))
            } else {
                appendSkip(to: position)
            }
            positions[index] = reversed.count - 1
        }

        private mutating func appendSkip(to position: Int) {
            reversed.append(.skip(reversed.count - position - 1))
        }
    }
}
