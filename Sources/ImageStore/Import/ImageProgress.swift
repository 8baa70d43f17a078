// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How far an import, a pull or a push has come.
public struct ImageProgress: Sendable, Hashable {
    /// What is being worked on: a file's name, or a layer's digest.
    public var item: String

    /// The bytes that are done.
    public var completed: Int64

    /// The bytes there are in all, where that is known.
    public var total: Int64?

    /// Whether nothing had to be done, because the content was there already: here at a pull, in the registry at a push.
    public var wasPresent: Bool

    /// Makes a report.
    public init(item: String, completed: Int64, total: Int64? = nil, wasPresent: Bool = false) {
        self.item = item
        self.completed = completed
        self.total = total
        self.wasPresent = wasPresent
    }
}

/// Hears about progress, about once for each megabyte.
///
/// It is called on the thread that does the work, so it should be quick.
public typealias ProgressHandler = @Sendable (ImageProgress) -> Void
