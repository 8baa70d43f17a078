// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// Reads the entries of an open directory, one after the other.
struct DirectoryReader: ~Copyable {
    private static let itself: EntryName = "."
    private static let parent: EntryName = ".."

    private let stream: OpaquePointer
    private let path: FilePath

    /// Takes over the descriptor: it is closed with the reader, and at once if this fails.
    init(consuming descriptor: FileDescriptor, path: FilePath) throws(VolumeError) {
        guard let stream = fdopendir(descriptor.rawValue) else {
            let error = VolumeError.system("fdopendir", path)
            try? descriptor.close()
            throw error
        }
        self.stream = stream
        self.path = path
    }

    /// Reads an open directory, which stays the caller's.
    init(listing directory: CInt, path: FilePath) throws(VolumeError) {
        // The stream needs a descriptor with an offset of its own.
        let descriptor = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("open", path) }
        try self.init(consuming: FileDescriptor(rawValue: descriptor), path: path)
    }

    deinit {
        closedir(stream)
    }

    /// The next name, without `.` and `..`, or nil at the end.
    func next() throws(VolumeError) -> EntryName? {
        try nextEntry()?.name
    }

    /// As ``next()``, with the kind of file, where the filesystem tells it here.
    func nextEntry() throws(VolumeError) -> (name: EntryName, kind: FileStatus.Kind?)? {
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw .system("readdir", path) }
                return nil
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { bytes in
                    EntryName(bytes: Array(UnsafeBufferPointer(start: bytes, count: strlen(bytes) + 1)))
                }
            }
            if name != Self.itself, name != Self.parent { return (name, Self.kind(entry.pointee.d_type)) }
        }
    }

    /// The kinds that `d_type` names (readdir(3)); nil for all others.
    private static func kind(_ type: UInt8) -> FileStatus.Kind? {
        switch type {
        case 4: .directory
        case 8: .regular
        default: nil
        }
    }
}
