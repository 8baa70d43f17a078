// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A part of the host's tree, cloned and attached nowhere.
struct ClonedMount: ~Copyable {
    var descriptor: Descriptor
    var isDirectory: Bool
}
