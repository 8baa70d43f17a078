// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
internal import SystemPackage

/// A directory of the state on disk.
struct Directory {
    let path: FilePath

    init(_ path: FilePath) {
        self.path = path
    }

    /// Makes the directory, and those above it; one that exists is left as it is.
    func make(mode: mode_t = 0o700) throws(SystemFailure) {
        if mkdir(path.string, mode) == 0 { return }
        switch errno {
        case EEXIST: return
        case ENOENT:
            try Directory(path.removingLastComponent()).make(mode: mode)
            guard mkdir(path.string, mode) == 0 || errno == EEXIST else { throw .last("mkdir", path) }
        default: throw .last("mkdir", path)
        }
    }

    /// The names in it; none if it does not exist.
    var names: [String] {
        get throws(SystemFailure) {
            guard let stream = opendir(path.string) else {
                if errno == ENOENT { return [] }
                throw .last("opendir", path)
            }
            defer { closedir(stream) }
            return Self.names(of: stream)
        }
    }

    /// Makes what was renamed in it last through a power failure.
    func sync() throws(SystemFailure) {
        let descriptor = open(path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .last("fsync", path) }
    }

    /// Removes the directory with everything in it; links are removed, never followed.
    func removeTree() throws(SystemFailure) {
        try Self.empty(AT_FDCWD, path.string, path)
        guard rmdir(path.string) == 0 || errno == ENOENT else { throw .last("rmdir", path) }
    }

    private static func empty(_ parent: CInt, _ name: String, _ shown: FilePath) throws(SystemFailure) {
        let descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw .last("openat", shown)
        }
        guard let stream = fdopendir(descriptor) else {
            close(descriptor)
            throw .last("fdopendir", shown)
        }
        defer { closedir(stream) }
        for entry in names(of: stream) {
            if unlinkat(descriptor, entry, 0) == 0 || errno == ENOENT { continue }
            let path = shown.appending(entry)
            guard errno == EISDIR || errno == EPERM else { throw .last("unlinkat", path) }
            try empty(descriptor, entry, path)
            guard unlinkat(descriptor, entry, AT_REMOVEDIR) == 0 || errno == ENOENT else {
                throw .last("unlinkat", path)
            }
        }
    }

    /// The names that an open directory has.
    static func names(of stream: OpaquePointer) -> [String] {
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
