// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Which of a container's output is wanted.
public struct LogSelection: Sendable, Hashable {
    /// How many of the last entries to begin with; all where `nil`.
    public var tail: Int?
    /// Nothing that was written before.
    public var since: Moment?
    /// Nothing that was written after.
    public var until: Moment?
    /// Whether to go on until the container has ended.
    public var follows: Bool

    /// Creates a selection; by default all there is.
    ///
    /// - Parameters:
    ///   - tail: How many of the last entries to begin with.
    ///   - since: Nothing that was written before.
    ///   - until: Nothing that was written after.
    ///   - follows: Whether to go on until the container has ended.
    public init(tail: Int? = nil, since: Moment? = nil, until: Moment? = nil, follows: Bool = false) {
        self.tail = tail
        self.since = since
        self.until = until
        self.follows = follows
    }

    enum Verdict {
        case wanted
        case passed
        case over
    }

    func verdict(on entry: LogEntry) -> Verdict {
        guard since != nil || until != nil, let time = Moment(entry.time) else { return .wanted }
        if let since, time < since { return .passed }
        if let until, until < time { return .over }
        return .wanted
    }
}
