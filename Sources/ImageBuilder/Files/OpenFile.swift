// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// A file descriptor that is closed when the last who uses it lets go.
final class OpenFile: Sendable {
    /// The descriptor's number, valid as long as this value lives.
    let number: CInt

    /// Takes over a descriptor.
    init(owning number: CInt) {
        self.number = number
    }

    deinit {
        close(number)
    }

    /// A path by which this process reaches the very file, whatever has its name by now.
    var processPath: String { "/proc/self/fd/\(number)" }

    /// What the file is.
    func status() throws(ImageBuilderError) -> FileStatus {
        var status = stat()
        try SystemCall.check("fstat", processPath) { fstat(number, &status) }
        return FileStatus(status)
    }

    /// The path that the kernel knows the file by.
    func realPath() throws(ImageBuilderError) -> String {
        String(decoding: try SystemCall.readLink(AT_FDCWD, FileName(processPath)), as: UTF8.self)
    }

    /// Opens something in this directory: the name is one component, and no link is followed.
    ///
    /// - Returns: `nil` if there is no such thing.
    func open(_ name: FileName, _ flags: CInt) throws(ImageBuilderError) -> OpenFile? {
        let result = openat(number, name.bytes, flags | O_NOFOLLOW | O_CLOEXEC)
        guard result < 0 else { return OpenFile(owning: result) }
        if errno == ENOENT { return nil }
        throw SystemCall.failure("openat", name.description)
    }

    /// What a name in this directory stands for; a link stands for itself.
    ///
    /// - Returns: `nil` if there is no such thing.
    func status(of name: FileName) throws(ImageBuilderError) -> FileStatus? {
        var status = stat()
        if fstatat(number, name.bytes, &status, AT_SYMLINK_NOFOLLOW) == 0 { return FileStatus(status) }
        if errno == ENOENT { return nil }
        throw SystemCall.failure("fstatat", name.description)
    }

    /// The names in this directory, in the order of their bytes.
    func names() throws(ImageBuilderError) -> [FileName] {
        // A descriptor of its own: the stream closes it, and its position is not shared.
        let own = try SystemCall.check("openat", processPath) {
            openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        guard let stream = fdopendir(own) else {
            let failure = SystemCall.failure("fdopendir", processPath)
            close(own)
            throw failure
        }
        defer { closedir(stream) }
        var names: [FileName] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in FileName(bytes.prefix { $0 != 0 }) }
            if !name.isDots { names.append(name) }
        }
        return names.sorted()
    }
}
