// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Lines of columns, three blanks apart, as Docker prints them.
struct Table {
    private var rows: [[String]]

    /// - Parameter columns: The titles.
    init(_ columns: String...) {
        rows = [columns]
    }

    /// Adds a line.
    mutating func add(_ cells: String...) {
        rows.append(cells)
    }

    /// Prints it.
    func show() {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = row.enumerated().map { index, cell in
                index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count + 3)
            }
            print(cells.joined())
        }
    }
}
