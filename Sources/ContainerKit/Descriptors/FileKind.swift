// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
internal import SystemPackage

/// What sort of file something is, and its device number.
struct FileKind {
    private let status: stat

    /// - Throws: `Errno`.
    init(of descriptor: borrowing Descriptor) throws(Errno) {
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0 else { throw Errno(rawValue: Glibc.errno) }
        self.status = status
    }

    /// - Throws: `Errno`.
    init(at path: FilePath) throws(Errno) {
        var status = stat()
        guard stat(path.string, &status) == 0 else { throw Errno(rawValue: Glibc.errno) }
        self.status = status
    }

    var isDirectory: Bool { status.st_mode & S_IFMT == S_IFDIR }
    var isRegularFile: Bool { status.st_mode & S_IFMT == S_IFREG }
    var isCharacterDevice: Bool { status.st_mode & S_IFMT == S_IFCHR }
    var isDevice: Bool { isCharacterDevice || status.st_mode & S_IFMT == S_IFBLK }
    var size: Int { Int(status.st_size) }

    /// Whether this is the null device, character 1:3.
    var isNullDevice: Bool { isCharacterDevice && status.st_rdev == 0x103 }
}
