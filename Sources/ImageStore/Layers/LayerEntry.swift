// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CArchive

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One entry of a layer's archive, read from libarchive.
struct LayerEntry {
    /// What the entry makes.
    enum Kind {
        case file(size: Int64)
        case directory
        case symbolicLink(target: LayerPath.CString)
        case hardLink(target: LayerPath)
        case device(mode: mode_t, number: dev_t)
        case fifo
    }

    let path: LayerPath
    let kind: Kind
    let permissions: mode_t
    let owner: uid_t
    let group: gid_t
    let modified: timespec
    let accessed: timespec
    let attributes: [(name: String, value: [UInt8])]

    /// Reads the entry.
    ///
    /// - Throws: ``ImageStoreError`` with code `invalidArchive`, `hostileArchive` or `limitExceeded`.
    init(_ entry: OpaquePointer, limits: LayerLimits) throws {
        guard let name = archive_entry_pathname(entry) else {
            throw ImageStoreError(code: .invalidArchive, message: "the archive has an entry without a readable name")
        }
        path = try LayerPath(name, limits: limits)
        kind = try Self.kind(of: entry, at: path, limits: limits)
        permissions = archive_entry_perm(entry) & 0o7777
        owner = try Self.identifier(archive_entry_uid(entry), "user", path)
        group = try Self.identifier(archive_entry_gid(entry), "group", path)
        modified = timespec(tv_sec: archive_entry_mtime(entry), tv_nsec: archive_entry_mtime_nsec(entry))
        let hasAccessTime = archive_entry_atime_is_set(entry) != 0
        accessed =
            hasAccessTime
            ? timespec(tv_sec: archive_entry_atime(entry), tv_nsec: archive_entry_atime_nsec(entry)) : modified
        attributes = try Self.attributes(of: entry, at: path, limits: limits)
    }
}

extension LayerEntry {
    private static func kind(of entry: OpaquePointer, at path: LayerPath, limits: LayerLimits) throws -> Kind {
        if let target = archive_entry_hardlink(entry) {
            let target = try LayerPath(target, limits: limits)
            guard !target.isRoot, !path.isRoot else { throw refuse(path, "is a hard link to or at the root") }
            return .hardLink(target: target)
        }
        let type = archive_entry_filetype(entry)
        guard !path.isRoot || type == S_IFDIR else { throw refuse(path, "puts something else in the root's place") }
        switch type {
        case S_IFREG:
            let size = archive_entry_size(entry)
            guard size >= 0 else { throw refuse(path, "has a negative size") }
            return .file(size: size)
        case S_IFDIR: return .directory
        case S_IFIFO: return .fifo
        case S_IFCHR, S_IFBLK:
            return .device(mode: type, number: archive_entry_rdev(entry))
        case S_IFLNK:
            guard let target = archive_entry_symlink(entry) else { throw refuse(path, "is a link without a target") }
            return .symbolicLink(target: Array(UnsafeBufferPointer(start: target, count: strlen(target) + 1)))
        default: throw refuse(path, "is of an unknown type")
        }
    }

    private static func identifier(_ value: Int64, _ what: String, _ path: LayerPath) throws -> UInt32 {
        // -1 would mean "leave it as it is" to chown(2).
        guard let id = UInt32(exactly: value), id != .max else {
            throw refuse(path, "belongs to the impossible \(what) \(value)")
        }
        return id
    }

    private static func attributes(
        of entry: OpaquePointer,
        at path: LayerPath,
        limits: LayerLimits
    ) throws -> [(name: String, value: [UInt8])] {
        guard archive_entry_xattr_reset(entry) > 0 else { return [] }
        var attributes: [(name: String, value: [UInt8])] = []
        var total = 0
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var count = 0
        while archive_entry_xattr_next(entry, &name, &value, &count) == ARCHIVE_OK {
            guard let name else { continue }
            total += count + strlen(name)
            guard total <= limits.attributeBytes else {
                throw ImageStoreError(
                    code: .limitExceeded,
                    message: "'\(path)' has more than \(limits.attributeBytes) bytes of extended attributes",
                    path: path.description
                )
            }
            attributes.append((String(cString: name), [UInt8](UnsafeRawBufferPointer(start: value, count: count))))
        }
        return attributes
    }

    private static func refuse(_ path: LayerPath, _ why: String) -> ImageStoreError {
        ImageStoreError(
            code: .hostileArchive,
            message: "the archive's entry '\(path)' \(why)",
            path: path.description
        )
    }
}
