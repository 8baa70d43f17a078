// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The parts of a store where finished directories live.
enum Shelf: String, CaseIterable {
    case volumes
    case snapshots
}
