// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A part of a pattern that stands for some text of a path.
enum Wildcard: Equatable {
    /// This scalar.
    case scalar(Unicode.Scalar)
    /// Any scalar but a slash: `?`.
    case anyScalar
    /// Any text without a slash: `*`.
    case anyName
    /// Any number of directories with their slashes, also none: `**`.
    case anyDirectories
    /// Anything: `**` at the end.
    case anything
    /// One scalar in, or not in, some ranges: `[…]`.
    case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)

    /// Whether `path` as a whole is made of `wildcards`.
    ///
    /// All the ways to match are followed at once, so the time is at most (wildcards × scalars) for any pattern.
    static func match(_ wildcards: [Wildcard], _ path: ScalarText) -> Bool {
        // reached[i]: what went before can match the first i scalars.
        var reached = [Bool](repeating: false, count: path.count + 1)
        reached[0] = true
        for wildcard in wildcards {
            guard wildcard.advance(&reached, over: path) else { return false }
        }
        return reached[path.count]
    }

    /// Moves each position over what the wildcard can match from there; false when none is left.
    private func advance(_ reached: inout [Bool], over path: ScalarText) -> Bool {
        var next = [Bool](repeating: false, count: reached.count)
        var isOpen = false
        for position in reached.indices {
            // isOpen: some position at or before this one was reached, and the wildcard can go on to here.
            let previous = position > 0 ? path[path.startIndex + position - 1] : nil
            switch self {
            case .anyName:
                isOpen = reached[position] || isOpen && previous != "/"
                next[position] = isOpen
            case .anyDirectories:
                next[position] = reached[position] || isOpen && previous == "/"
                isOpen = isOpen || reached[position]
            case .anything:
                isOpen = isOpen || reached[position]
                next[position] = isOpen
            case .scalar, .anyScalar, .set:
                guard let previous else { continue }
                next[position] = reached[position - 1] && matchesOne(previous)
            }
        }
        reached = next
        return reached.contains(true)
    }

    private func matchesOne(_ scalar: Unicode.Scalar) -> Bool {
        switch self {
        case .scalar(let wanted): scalar == wanted
        case .anyScalar: scalar != "/"
        case .set(let ranges, let isNegated): ranges.contains { $0.contains(scalar) } != isNegated
        case .anyName, .anyDirectories, .anything: false
        }
    }
}
