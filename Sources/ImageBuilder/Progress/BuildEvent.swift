// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// One thing that happened in a build.
public struct BuildEvent: Sendable {
    /// What kind of thing.
    ///
    /// Kinds may be added in minor releases.
    public struct Kind: Sendable, Hashable, CustomStringConvertible {
        /// The kind's name.
        public let description: String

        /// A step begins.
        public static let started = Kind(description: "started")
        /// A step's command has written a line.
        public static let output = Kind(description: "output")
        /// A step is done.
        public static let finished = Kind(description: "finished")
        /// A step's result was found in a cache.
        public static let cached = Kind(description: "cached")
        /// A step has failed.
        public static let failed = Kind(description: "failed")
        /// A lint rule is broken.
        public static let warning = Kind(description: "warning")
    }

    /// What kind of thing.
    public let kind: Kind
    /// The step; nil for what belongs to none.
    public let step: BuildStep?
    /// The line, the warning, or why the step failed; empty for other kinds.
    public let text: String
    /// How long the step took, where it is done.
    public let duration: Duration?

    init(_ kind: Kind, _ step: BuildStep?, text: String = "", duration: Duration? = nil) {
        self.kind = kind
        self.step = step
        self.text = text
        self.duration = duration
    }
}

/// Something that a build does: an instruction, getting a base image ready, writing the result.
public struct BuildStep: Sendable, Hashable {
    /// The step's number in the build.
    public let number: Int
    /// What it does, with its stage and place in it: `[build 2/5] RUN make`.
    public let title: String
    /// The stage's name; empty where the step is no stage's.
    public let stage: String
}

/// Hears what happens in a build.
///
/// It is called on the threads that do the work, so it should be quick.
public typealias BuildProgressHandler = @Sendable (BuildEvent) -> Void
