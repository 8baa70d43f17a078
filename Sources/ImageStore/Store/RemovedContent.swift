// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a removal freed.
public struct RemovedContent: Sendable, Hashable {
    /// The names that no image has any more.
    public var references: [ImageReference] = []

    /// The images that are gone, by ``Image/id`` or, where that can't be told any more, by ``Image/digest``.
    public var images: [Digest] = []

    /// The blobs that are gone.
    public var blobs: [Digest] = []

    /// The unpacked layers that are gone, by diff id.
    public var layers: [Digest] = []

    /// The bytes of the blobs and the unpacked files.
    public var size: Int64 = 0

    /// Nothing.
    public init() {}
}
