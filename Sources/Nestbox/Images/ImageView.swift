// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import SystemPackage

/// An image's files as a container would see them, read-only and without a mount on the host.
///
/// It serves the copy of an image's content into a new volume, and the export of a container's files.
struct ImageView: ~Copyable {
    private let root: CInt

    /// Opens an image.
    ///
    /// - Parameter layers: The unpacked layers, topmost first.
    /// - Throws: ``SystemFailure``.
    init(layers: [FilePath]) throws(SystemFailure) {
        if layers.count == 1 {
            root = try Self.check(
                nestbox_openat2(AT_FDCWD, layers[0].string, UInt64(NESTBOX_O_PATH | O_DIRECTORY | O_CLOEXEC), 0, 0),
                "openat2",
                layers[0]
            )
        } else {
            root = try OverlayMount.open(layers: layers)
        }
    }

    deinit {
        close(root)
    }

    /// The root, for as long as this value lives.
    var path: FilePath { FilePath("/proc/self/fd/\(root)") }

    /// Opens a directory of the image; links are followed within the image only.
    ///
    /// - Returns: A descriptor that the caller closes, or `nil` if there is no such directory.
    func open(_ path: String) throws(SystemFailure) -> FileDescriptor? {
        let relative = "." + path
        let flags = UInt64(O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        let resolve = UInt64(NESTBOX_RESOLVE_IN_ROOT | NESTBOX_RESOLVE_NO_MAGICLINKS)
        let result = nestbox_openat2(root, relative, flags, 0, resolve)
        if result == -ENOENT || result == -ENOTDIR { return nil }
        return FileDescriptor(rawValue: try Self.check(result, "openat2", FilePath(path)))
    }

    private static func check(_ result: CInt, _ call: String, _ path: FilePath?) throws(SystemFailure) -> CInt {
        guard result >= 0 else { throw SystemFailure(call, path, Errno(rawValue: -result)) }
        return result
    }
}
