// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CArchive
import Glibc
import SystemPackage

/// One entry of an archive: what libarchive knows of a file beside its content.
struct ArchiveEntry: ~Copyable {
    let pointer: OpaquePointer

    init() throws(VolumeError) {
        guard let pointer = archive_entry_new() else { throw .system("archive_entry_new", errno: .noMemory) }
        self.pointer = pointer
    }

    deinit {
        archive_entry_free(pointer)
    }

    /// The path as it stands in the archive.
    var path: EntryName {
        get throws(VolumeError) {
            try Self.text(archive_entry_pathname_utf8(pointer) ?? archive_entry_pathname(pointer))
        }
    }

    /// Where a symbolic link points.
    var destination: EntryName {
        get throws(VolumeError) {
            try Self.text(archive_entry_symlink_utf8(pointer) ?? archive_entry_symlink(pointer))
        }
    }

    /// The earlier entry that this is another name of.
    var hardLink: EntryName? {
        (archive_entry_hardlink_utf8(pointer) ?? archive_entry_hardlink(pointer)).map(Self.name)
    }

    /// The kind of file, as in `st_mode`.
    var kind: mode_t { archive_entry_filetype(pointer) }

    /// Owner, mode, times and extended attributes.
    var attributes: FileAttributes {
        var status = archive_entry_stat(pointer)?.pointee ?? stat()
        if archive_entry_atime_is_set(pointer) == 0 { status.st_atim = status.st_mtim }
        return FileAttributes(status, extended: extended)
    }

    private var extended: [ExtendedAttributes.Attribute] {
        var attributes: [ExtendedAttributes.Attribute] = []
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        archive_entry_xattr_reset(pointer)
        while archive_entry_xattr_next(pointer, &name, &value, &size) == ARCHIVE_OK {
            guard let text = name.map(Self.name), ExtendedAttributes.isCarried(text) else { continue }
            attributes.append(.init(name: text, value: Array(UnsafeRawBufferPointer(start: value, count: size))))
        }
        return attributes
    }

    private static func text(_ pointer: UnsafePointer<CChar>?) throws(VolumeError) -> EntryName {
        guard let pointer else { throw VolumeError(.invalidArchive, "the archive has an entry without a usable name") }
        return name(pointer)
    }

    private static func name(_ pointer: UnsafePointer<CChar>) -> EntryName {
        EntryName(bytes: Array(UnsafeBufferPointer(start: pointer, count: strlen(pointer) + 1)))
    }
}
