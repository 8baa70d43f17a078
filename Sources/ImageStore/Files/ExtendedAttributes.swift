// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CImageStore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The extended attributes of open files.
package enum ExtendedAttributes {
    /// The attributes by which overlayfs knows an opaque directory: as root, and in a user namespace.
    static let opaque: Set<String> = ["trusted.overlay.opaque", "user.overlay.opaque"]

    /// Whether an attribute is part of an image: overlayfs's own are not, nor is what a security module keeps.
    package static func belongInArchive(_ name: String) -> Bool {
        if name.hasPrefix("trusted.overlay.") || name.hasPrefix("user.overlay.") { return false }
        return name == "security.capability" || name.hasPrefix("user.") || name.hasPrefix("trusted.")
    }

    /// All attributes, by name; none where the file system has none.
    package static func read(_ file: Int32) throws -> [(name: String, value: [UInt8])] {
        let size = flistxattr(file, nil, 0)
        guard size > 0 else { return [] }
        var names = [CChar](repeating: 0, count: size)
        let count = flistxattr(file, &names, size)
        guard count > 0 else { return [] }
        return try names[..<count].split(separator: 0).map { name in
            String(decoding: name.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }.sorted().compactMap { name in
            try value(of: name, file).map { (name, $0) }
        }
    }

    private static func value(of name: String, _ file: Int32) throws -> [UInt8]? {
        let size = fgetxattr(file, name, nil, 0)
        if size < 0, errno == ENODATA { return nil }
        guard size >= 0 else { throw SystemCall.error("fgetxattr", name, errno) }
        var value = [UInt8](repeating: 0, count: size)
        let count = value.withUnsafeMutableBytes { fgetxattr(file, name, $0.baseAddress, size) }
        guard count >= 0 else { throw SystemCall.error("fgetxattr", name, errno) }
        return Array(value[..<count])
    }
}
