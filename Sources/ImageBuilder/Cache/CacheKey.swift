// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a step's result is found by: two builds get the same key where, and only where, the step does the same to the
/// same files.
package struct CacheKey: Sendable, Hashable {
    /// The digest's bytes.
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The key of `step`.
    ///
    /// Only the steps that make or take files have keys. `LABEL`, `CMD` and the like change no file, so changing one
    /// leaves every key as it is; what `ENV`, `ARG`, `USER` and `SHELL` set is part of each command that sees it.
    ///
    /// - Parameters:
    ///   - step: What is done.
    ///   - parent: The key of the step whose files it is done to; nil for a step that does not look at them: a base,
    ///     and `COPY --link`.
    ///   - hash: A cryptographic hash, SHA-256 as a rule.
    package init(of step: CacheStep, after parent: CacheKey?, hash: ([UInt8]) -> [UInt8]) {
        var encoder = CacheEncoder()
        encoder.encode(parent?.bytes)
        step.encode(into: &encoder)
        bytes = hash(encoder.bytes)
    }
}
