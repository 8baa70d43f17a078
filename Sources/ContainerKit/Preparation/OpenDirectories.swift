// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import SystemPackage

/// The directories of an overlay by short names: an option's value is limited to 255 bytes.
///
/// Mapped ones are clones of their mounts, which overlayfs takes from Linux 6.15 on.
struct OpenDirectories: ~Copyable {
    private var descriptors: [CInt] = []
    private let map: UserNamespaceHandle?

    init(map: UserNamespaceHandle?) {
        self.map = map
    }

    /// The path itself, or where it is too long, one by way of an open descriptor.
    mutating func option(for path: FilePath) throws(Errno) -> String {
        map == nil && path.string.utf8.count < 256 ? path.string : try shortOption(for: path)
    }

    /// A short path by way of an open descriptor; it has neither colons nor commas.
    mutating func shortOption(for path: FilePath) throws(Errno) -> String {
        let directory: Descriptor
        if let map {
            directory = try Descriptor.take(nestbox_open_tree(AT_FDCWD, path.string, 0))
            try directory.map(by: map, recursive: false)
        } else {
            let flags = UInt64(NESTBOX_O_PATH | O_DIRECTORY | O_CLOEXEC)
            directory = try Descriptor.take(nestbox_openat2(AT_FDCWD, path.string, flags, 0, 0))
        }
        let number = directory.release()
        descriptors.append(number)
        return "/proc/self/fd/\(number)"
    }

    /// The options for what takes the changes: both directories have to be of one mount.
    mutating func options(for writable: RootFilesystem.WritableLayer) throws(Errno) -> (upper: String, work: String) {
        guard map != nil else { return (try option(for: writable.upper), try option(for: writable.work)) }
        let upper = writable.upper.lexicallyNormalized()
        let work = writable.work.lexicallyNormalized()
        let parent = upper.removingLastComponent()
        guard work.removingLastComponent() == parent, let upperName = upper.lastComponent,
            let workName = work.lastComponent
        else { throw .improperLink }
        let mount = try shortOption(for: parent)
        return ("\(mount)/\(upperName)", "\(mount)/\(workName)")
    }

    deinit {
        for descriptor in descriptors { _ = Descriptor(owning: descriptor) }
    }
}
