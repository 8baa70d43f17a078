// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// Copies extended attributes: capabilities, ACLs, SELinux labels and users' own (xattr(7)).
enum ExtendedAttributes {
    /// Copies those of one open file or directory to another.
    static func copy(from source: CInt, to target: CInt, path: @autoclosure () -> FilePath) throws(VolumeError) {
        try copy(
            path: path(),
            list: { Libc.listAttributes(source, $0, $1) },
            get: { Libc.getAttribute(source, $0, $1, $2) },
            set: { Libc.setAttribute(target, $0, $1, $2, 0) }
        )
    }

    /// Copies those of a symbolic link or a special file, which can't be opened.
    ///
    /// The paths go through `/proc/self/fd`, so only the last component is looked up.
    static func copyUnopened(from source: EntryName, to target: EntryName, path: @autoclosure () -> FilePath)
        throws(VolumeError)
    {
        try copy(
            path: path(),
            list: { Libc.listLinkAttributes(source.bytes, $0, $1) },
            get: { Libc.getLinkAttribute(source.bytes, $0, $1, $2) },
            set: { Libc.setLinkAttribute(target.bytes, $0, $1, $2, 0) }
        )
    }

    private static func copy(
        path: @autoclosure () -> FilePath,
        list: (UnsafeMutablePointer<CChar>?, Int) -> Int,
        get: (UnsafePointer<CChar>, UnsafeMutableRawPointer?, Int) -> Int,
        set: (UnsafePointer<CChar>, UnsafeRawPointer?, Int) -> CInt
    ) throws(VolumeError) {
        // Nearly no file has any, and asking for the size alone costs one call.
        let size = list(nil, 0)
        if size == 0 || (size < 0 && Errno.last == .notSupported) { return }
        guard size > 0 else { throw .system("listxattr", path()) }
        var names = [CChar](repeating: 0, count: size + 1)
        let length = list(&names, size)
        guard length >= 0 else { throw .system("listxattr", path()) }
        for name in names[..<length].split(separator: 0) where !isSkipped(name) {
            try copyOne(Array(name) + [0], path: path(), get: get, set: set)
        }
    }

    private static func copyOne(
        _ name: [CChar],
        path: @autoclosure () -> FilePath,
        get: (UnsafePointer<CChar>, UnsafeMutableRawPointer?, Int) -> Int,
        set: (UnsafePointer<CChar>, UnsafeRawPointer?, Int) -> CInt
    ) throws(VolumeError) {
        let size = get(name, nil, 0)
        guard size >= 0 else { throw .system("getxattr", path()) }
        var value = [UInt8](repeating: 0, count: max(size, 1))
        let length = get(name, &value, size)
        guard length >= 0 else { throw .system("getxattr", path()) }
        guard set(name, value, length) == 0 else { throw .system("setxattr", path()) }
    }

    /// The labels of SELinux are given by policy at the target; overlayfs keeps its own bookkeeping in attributes.
    private static func isSkipped(_ name: ArraySlice<CChar>) -> Bool {
        let bytes = name.lazy.map { UInt8(bitPattern: $0) }
        return bytes.elementsEqual("security.selinux".utf8) || bytes.starts(with: "trusted.overlay.".utf8)
    }
}
