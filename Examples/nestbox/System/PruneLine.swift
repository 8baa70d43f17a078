// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a prune has removed, with the names that Docker's interface gives the members; what is not its business is left
/// out.
struct PruneLine: Encodable {
    var ContainersDeleted: [String]?
    var NetworksDeleted: [String]?
    var VolumesDeleted: [String]?
    /// Each has the one member `Untagged` or `Deleted`.
    var ImagesDeleted: [[String: String]]?
    /// In bytes.
    var SpaceReclaimed: Int64?
}
