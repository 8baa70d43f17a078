// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a removal freed.
public struct RemovedContent: Sendable, Hashable {
    /// The blobs that are gone.
    public var blobs: [Digest] = []

    /// The unpacked layers that are gone, by diff id.
    public var layers: [Digest] = []

    /// The bytes of the blobs and the unpacked files.
    public var size: Int64 = 0
}
