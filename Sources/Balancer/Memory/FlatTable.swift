// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A table that never changes, at an address that a picker may keep for as long as it holds the table.
///
/// An array would be counted and checked at each pick.
@usableFromInline
final class FlatTable<Element: BitwiseCopyable>: @unchecked Sendable {
    // Unchecked because of the pointer: what it leads to is written once, before anyone else sees the table.
    @usableFromInline let base: UnsafePointer<Element>
    @usableFromInline let count: Int

    init(_ elements: some Collection<Element>) {
        count = elements.count
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(1, elements.count))
        for (index, element) in elements.enumerated() { (memory + index).initialize(to: element) }
        base = UnsafePointer(memory)
    }

    deinit { base.deallocate() }

    /// The elements, for code that is not in a hurry.
    var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: base, count: count) }
}
