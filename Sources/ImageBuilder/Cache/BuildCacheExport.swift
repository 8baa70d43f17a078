// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Where a build puts its steps' results for others, and which.
public struct BuildCacheExport: Sendable {
    /// What is filled.
    public var target: any BuildCacheTarget
    /// Whether it gets the results of every step that the build came to, or only those whose layers the image has.
    ///
    /// They differ where an image is made in several stages: `mode=max` and `mode=min` of `docker build`.
    public var includesAllSteps: Bool
    /// Whether the build succeeds if it can't be filled.
    public var ignoresErrors: Bool

    /// Makes an export.
    ///
    /// - Parameters:
    ///   - target: What is filled.
    ///   - includesAllSteps: Whether it gets every step's result, or those of the image alone.
    ///   - ignoresErrors: Whether the build succeeds if it can't be filled.
    public init(to target: any BuildCacheTarget, includesAllSteps: Bool = true, ignoresErrors: Bool = false) {
        self.target = target
        self.includesAllSteps = includesAllSteps
        self.ignoresErrors = ignoresErrors
    }
}
