// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A deadline that moves often: moving it later costs nothing, because the loop's timer is set again only when it has
/// gone off too early.
struct LazyDeadline {
    private var due: UInt64?
    private var armed: UInt64?

    /// Moves the deadline; nil for none.
    mutating func set(_ deadline: UInt64?, of id: SourceID, on loop: EventLoop) {
        due = deadline
        guard let deadline else { return }
        if let armed, armed <= deadline { return }
        armed = deadline
        loop.setDeadline(deadline, for: id)
    }

    /// Takes note that the loop's timer went off.
    ///
    /// - Returns: Whether the deadline has really passed; it is none from then on.
    mutating func passed(_ id: SourceID, on loop: EventLoop) -> Bool {
        armed = nil
        guard let due else { return false }
        if due <= loop.now {
            self.due = nil
            return true
        }
        armed = due
        loop.setDeadline(due, for: id)
        return false
    }
}
