// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Mount {
    /// Whose files a mount shows as whose (`mount_setattr(2)`, "ID-mapped mounts"): nothing on the disk changes.
    public enum IdentityMap: Hashable, Sendable {
        /// Owner *n* on the disk is user *n* of the container's user namespace.
        case container
        /// By ranges of the mount's own: inside is the owner on the disk, outside the user on the host.
        case ranges(UserNamespace)
        /// Each owner as it is, also in a container whose other files are mapped.
        case unchanged
    }
}
