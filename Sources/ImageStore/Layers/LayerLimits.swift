// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How large an image may be before it is taken for an attack.
public struct LayerLimits: Sendable, Hashable {
    /// The most bytes that one layer's archive may have when it is decompressed.
    public var archiveSize: Int64 = 64 << 30

    /// The most files, directories and links that one layer may have.
    public var entries = 4_000_000

    /// The most device nodes that one layer may have.
    public var devices = 1_000

    /// The most bytes of names and values of one entry's extended attributes.
    public var attributeBytes = 1 << 20

    /// The longest path, in bytes.
    public var pathLength = 4_095

    /// The most bytes that a manifest, an index or a configuration may have.
    public var documentSize = 8 << 20

    /// The most layers of one image: what overlayfs can stack.
    public var layers = 500

    /// Makes the default limits.
    public init() {}
}
