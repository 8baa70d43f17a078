// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Draws indices with given probabilities in constant time (Vose, IEEE TSE 1991).
@usableFromInline
struct AliasTable: Sendable {
    /// A column: its own index with probability `threshold`, else the alias.
    @usableFromInline
    struct Column: BitwiseCopyable, Sendable {
        @usableFromInline var threshold: Double
        @usableFromInline var alias: Int
    }

    let columns: FlatTable<Column>

    /// Builds the table in linear time; if no weight is above 0, all are equal.
    init(weights: [Double]) {
        let total = weights.reduce(0, +)
        let scale = total > 0 ? Double(weights.count) / total : 0
        var columns = weights.indices.map { Column(threshold: total > 0 ? weights[$0] * scale : 1, alias: $0) }
        var small = columns.indices.filter { columns[$0].threshold < 1 }
        var large = columns.indices.filter { columns[$0].threshold >= 1 }
        while let poor = small.popLast(), let rich = large.popLast() {
            columns[poor].alias = rich
            columns[rich].threshold -= 1 - columns[poor].threshold
            if columns[rich].threshold < 1 {
                small.append(rich)
            } else {
                large.append(rich)
            }
        }
        // What is left over differs from 1 by rounding only, unless its weight is 0 and it was paired already.
        for index in large { columns[index].threshold = 1 }
        for index in small where columns[index].alias == index { columns[index].threshold = 1 }
        self.columns = FlatTable(columns)
    }

    @inline(__always)
    func draw(_ generator: inout SeededGenerator) -> Int {
        Self.draw(from: columns.base, columns.count, &generator)
    }

    @inlinable
    @inline(__always)
    static func draw(from columns: UnsafePointer<Column>, _ count: Int, _ generator: inout SeededGenerator) -> Int {
        let index = generator.index(below: count)
        let column = columns[index]
        return generator.unit() < column.threshold ? index : column.alias
    }
}
