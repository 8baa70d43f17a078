// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The memory file that holds an encoded plan, and in which the stage reports.
struct PlanMemory: ~Copyable {
    var descriptor: Descriptor
    /// In bytes.
    var size: Int
}
