// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CImageStore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Gives unpacked files their owners, permissions, times and extended attributes.
///
/// Without the rights of the machine's root, what is not allowed is left out: owners that the user namespace has no
/// number for, devices, and trusted attributes.
struct MetadataWriter {
    /// Whether this process may give files away and set trusted attributes.
    let isPrivileged: Bool

    init() {
        isPrivileged = geteuid() == 0 && UserNamespace.isInitial()
    }

    /// The attribute that makes a directory hide what lower layers have in it.
    ///
    /// Source: the kernel's overlayfs documentation, "whiteouts and opaque directories" and the option `userxattr`.
    var opaqueAttribute: String { isPrivileged ? "trusted.overlay.opaque" : "user.overlay.opaque" }

    /// Applies all metadata to an open file; a directory's permissions and times come with ``finish(_:_:)``.
    func apply(_ entry: LayerEntry, to file: Int32) throws {
        let path = entry.path
        // The owner first: changing it clears the set-user-id bit and the capabilities.
        try tolerateUnprivileged(fchown(file, entry.owner, entry.group), "fchown", path)
        for (name, value) in entry.attributes where isAllowed(name) {
            try tolerate(fsetxattr(file, name, value, value.count, 0), "fsetxattr", path, name)
        }
        if case .directory = entry.kind { return }
        try finish(entry, file)
    }

    /// Applies permissions and times to an open file.
    func finish(_ entry: LayerEntry, _ file: Int32) throws {
        try SystemCall.check("fchmod", entry.path.description) { fchmod(file, entry.permissions) }
        let times = [entry.accessed, entry.modified]
        try SystemCall.check("futimens", entry.path.description) { futimens(file, times) }
    }

    /// Applies all metadata to what can't be opened: a link, a device, a fifo.
    func apply(_ entry: LayerEntry, in parent: Int32) throws {
        let path = entry.path
        let name = path.name
        try tolerateUnprivileged(
            fchownat(parent, name, entry.owner, entry.group, AT_SYMLINK_NOFOLLOW),
            "fchownat",
            path
        )
        // Reached by descriptor: the name in it is the last component, and `l` follows no link there.
        let place = Array("/proc/self/fd/\(parent)/".utf8CString.dropLast()) + name
        for (attribute, value) in entry.attributes where isAllowed(attribute) {
            try tolerate(lsetxattr(place, attribute, value, value.count, 0), "lsetxattr", path, attribute)
        }
        if case .symbolicLink = entry.kind {
        } else {
            try SystemCall.check("fchmodat", path.description) { fchmodat(parent, name, entry.permissions, 0) }
        }
        let times = [entry.accessed, entry.modified]
        try SystemCall.check("utimensat", path.description) { utimensat(parent, name, times, AT_SYMLINK_NOFOLLOW) }
    }

    /// Makes a directory hide what lower layers have in it.
    func markOpaque(_ directory: Int32, path: LayerPath) throws {
        try SystemCall.check("fsetxattr", path.description) { fsetxattr(directory, opaqueAttribute, "y", 1, 0) }
    }
}

extension MetadataWriter {
    /// Attributes that mean something in an image.
    ///
    /// Overlayfs's own are never taken from an archive: they could make the kernel look for a file's content elsewhere.
    private func isAllowed(_ name: String) -> Bool {
        if name.hasPrefix("trusted.overlay.") || name.hasPrefix("user.overlay.") { return false }
        if name.hasPrefix("trusted.") { return isPrivileged }
        return name.hasPrefix("user.") || name == "security.capability" || name.hasPrefix("system.posix_acl_")
    }

    /// A file system without this attribute is accepted, except for capabilities: programs would break silently.
    private func tolerate(_ result: Int32, _ operation: String, _ path: LayerPath, _ attribute: String) throws {
        guard result != 0 else { return }
        if errno == EOPNOTSUPP, attribute != "security.capability" { return }
        if errno == EPERM, !isPrivileged { return }
        throw SystemCall.error(operation, "\(path) (\(attribute))", errno)
    }

    private func tolerateUnprivileged(_ result: Int32, _ operation: String, _ path: LayerPath) throws {
        guard result != 0 else { return }
        // EINVAL: a user namespace maps no such id, so the file stays with who unpacks it.
        if errno == EPERM || errno == EINVAL, !isPrivileged { return }
        throw SystemCall.error(operation, path.description, errno)
    }
}
