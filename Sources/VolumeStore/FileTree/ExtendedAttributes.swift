// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CVolumeStore
import Glibc
import SystemPackage

/// Extended attributes: capabilities, ACLs, SELinux labels and users' own (xattr(7)).
///
/// Files that can't be opened, such as links, are named by a path through `/proc/self/fd` of their directory, so only the
/// last component is looked up.
enum ExtendedAttributes {
    /// One attribute.
    struct Attribute: Hashable {
        var name: EntryName
        var value: [UInt8]
    }

    /// All attributes that go with a file when it is copied.
    static func all(
        of file: EntryName,
        follow: Bool = false,
        path: @autoclosure () -> FilePath
    ) throws(VolumeError) -> [Attribute] {
        follow
            ? try read(
                path: path(),
                list: { listxattr(file.bytes, $0, $1) },
                get: { getxattr(file.bytes, $0, $1, $2) }
            )
            : try read(
                path: path(),
                list: { llistxattr(file.bytes, $0, $1) },
                get: { lgetxattr(file.bytes, $0, $1, $2) }
            )
    }

    /// All attributes of an open file that go with it when it is copied.
    static func all(of file: CInt, path: @autoclosure () -> FilePath) throws(VolumeError) -> [Attribute] {
        try read(
            path: path(),
            list: { flistxattr(file, $0, $1) },
            get: { fgetxattr(file, $0, $1, $2) }
        )
    }

    /// Gives an open file the attributes.
    static func set(
        _ attributes: [Attribute],
        on file: CInt,
        path: @autoclosure () -> FilePath
    ) throws(VolumeError) {
        for attribute in attributes {
            let size = attribute.value.count
            guard fsetxattr(file, attribute.name.bytes, attribute.value, size, 0) == 0 else {
                throw .system("setxattr", path())
            }
        }
    }

    /// Gives a file that can't be opened the attributes.
    static func set(
        _ attributes: [Attribute],
        onLink file: EntryName,
        path: @autoclosure () -> FilePath
    ) throws(VolumeError) {
        for attribute in attributes {
            let size = attribute.value.count
            guard lsetxattr(file.bytes, attribute.name.bytes, attribute.value, size, 0) == 0 else {
                throw .system("setxattr", path())
            }
        }
    }

    /// The labels of SELinux are given by policy at the target; overlayfs keeps its own bookkeeping in attributes.
    static func isCarried(_ name: EntryName) -> Bool {
        let text = name.text
        return text != "security.selinux" && !text.hasPrefix("trusted.overlay.")
    }

    private static func read(
        path: @autoclosure () -> FilePath,
        list: (UnsafeMutablePointer<CChar>?, Int) -> Int,
        get: (UnsafePointer<CChar>, UnsafeMutableRawPointer?, Int) -> Int
    ) throws(VolumeError) -> [Attribute] {
        // Nearly no file has any, and asking for the size alone costs one call.
        let size = list(nil, 0)
        if size == 0 || (size < 0 && Errno.last == .notSupported) { return [] }
        guard size > 0 else { throw .system("listxattr", path()) }
        var names = [CChar](repeating: 0, count: size)
        let length = list(&names, size)
        guard length >= 0 else { throw .system("listxattr", path()) }
        var attributes: [Attribute] = []
        for bytes in names[..<length].split(separator: 0) {
            let name = EntryName(bytes: bytes + [0])
            guard isCarried(name) else { continue }
            attributes.append(Attribute(name: name, value: try value(name, path: path(), get)))
        }
        return attributes
    }

    private static func value(
        _ name: EntryName,
        path: @autoclosure () -> FilePath,
        _ get: (UnsafePointer<CChar>, UnsafeMutableRawPointer?, Int) -> Int
    ) throws(VolumeError) -> [UInt8] {
        let size = get(name.bytes, nil, 0)
        guard size >= 0 else { throw .system("getxattr", path()) }
        var value = [UInt8](repeating: 0, count: size)
        let length = get(name.bytes, &value, size)
        guard length >= 0 else { throw .system("getxattr", path()) }
        return Array(value.prefix(length))
    }
}
