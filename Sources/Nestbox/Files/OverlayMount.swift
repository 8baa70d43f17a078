// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import SystemPackage

/// An overlay that no directory shows: it is reached by its descriptor and goes with it.
enum OverlayMount {
    /// Mounts layers.
    ///
    /// - Parameters:
    ///   - layers: The unpacked layers, topmost first.
    ///   - upper: What is written goes there; the whole is read-only where `nil`.
    ///   - work: The directory that the kernel needs beside it.
    /// - Returns: A descriptor of the root, which the caller closes.
    /// - Throws: ``SystemFailure``.
    static func open(layers: [FilePath], upper: FilePath? = nil, work: FilePath? = nil) throws(SystemFailure) -> CInt {
        let context = try check(nestbox_fsopen("overlay"), "fsopen", nil)
        defer { close(context) }
        for (index, layer) in layers.enumerated() {
            let result = nestbox_fsconfig_string(context, "lowerdir+", layer.string)
            if index == 0, result == -EINVAL {
                // Before Linux 6.5 the layers are one string.
                let all = layers.map(\.string).joined(separator: ":")
                _ = try check(nestbox_fsconfig_string(context, "lowerdir", all), "fsconfig", layer)
                break
            }
            _ = try check(result, "fsconfig", layer)
        }
        for (key, path) in [("upperdir", upper), ("workdir", work)] {
            if let path { _ = try check(nestbox_fsconfig_string(context, key, path.string), "fsconfig", path) }
        }
        _ = try check(nestbox_fsconfig_create(context), "fsconfig", layers.first)
        return try check(nestbox_fsmount(context, 0), "fsmount", layers.first)
    }

    private static func check(_ result: CInt, _ call: String, _ path: FilePath?) throws(SystemFailure) -> CInt {
        guard result >= 0 else { throw SystemFailure(call, path, Errno(rawValue: -result)) }
        return result
    }
}
