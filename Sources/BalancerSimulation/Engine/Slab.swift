// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Values by number, whose places are used again once they are taken out.
struct Slab<Element> {
    private var elements: [Element?] = []
    private var free: [Int] = []

    mutating func insert(_ element: Element) -> Int {
        guard let index = free.popLast() else {
            elements.append(element)
            return elements.count - 1
        }
        elements[index] = element
        return index
    }

    subscript(_ index: Int) -> Element? {
        get { elements[index] }
        set { elements[index] = newValue }
    }

    mutating func take(_ index: Int) -> Element? {
        defer {
            elements[index] = nil
            free.append(index)
        }
        return elements[index]
    }
}
